import { Deadline } from '../deadline';
import { shellWord } from '../quoting';
import { filesOf } from '../session/tool-result';
import keepOutputOfPython from './in-session/keep_output.py';
import keepOutputOfScripts from './in-session/keep-output.deno.js';
import { FOLDER, type SessionAccess } from './transfer';

/** Of each stream, so much is kept, in bytes: it goes through the Lambda's memory. */
const MOST_BYTES = 20_000_000;
/** How long after its time is up what code prints is still kept, in seconds: until its session is stopped. */
const AFTER_SECONDS = 5;
/** How long reading what was kept may take, in seconds. */
const READING_SECONDS = 10;
/** How long a command has to end once it is told to, in seconds. */
const COMMAND_GRACE_SECONDS = 2;
/** The exit codes of the program `timeout` for a command that it has told to end, and that it had to kill. */
const TIMEOUT_CODES: readonly unknown[] = [124, 137];

/** What is executed in a given time, and where what it prints is kept meanwhile. */
export interface TimeLimit {
  readonly seconds: number;
  /** Below the working directory. */
  readonly folder: string;
}

export interface Streams {
  readonly stdout: string;
  readonly stderr: string;
}

export function timeLimit(seconds: number, run: string): TimeLimit {
  return { seconds, folder: `${FOLDER}/kept/${run}` };
}

/** Python code that has the kernel keep what is printed. */
export function keepingInPython({ seconds, folder }: TimeLimit): string {
  const given = JSON.stringify({ folder, seconds: seconds + AFTER_SECONDS, most: MOST_BYTES });
  return `exec(${JSON.stringify(keepOutputOfPython)}, ${given})`;
}

/** JavaScript that has Deno or Node.js keep what is printed, on one line. */
export function keepingInScript({ seconds, folder }: TimeLimit): string {
  const line = keepOutputOfScripts
    .replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, '')
    .replace(/\n\s*/g, ' ')
    .trim()
    .replace(/^export /, '');
  const given = [folder, (seconds + AFTER_SECONDS) * 1000, MOST_BYTES].map((value) => JSON.stringify(value));
  return `try { (${line})(${given.join(', ')}); } catch {} `;
}

/**
 * A command that is told to end when its time is up, so that what it has printed comes as its answer. Where there is no
 * program `timeout` (coreutils), only the end of the session ends it.
 */
export function commandInTime(command: string, { seconds }: TimeLimit): string {
  // Not every `timeout` knows fractions.
  const limited = `timeout -k ${COMMAND_GRACE_SECONDS} ${Math.ceil(seconds)} sh -c "$1"`;
  return `set -- ${shellWord(command)}; if command -v timeout >/dev/null 2>&1; then ${limited}; else sh -c "$1"; fi`;
}

/** How long after its time is up the answer of a command is still waited for, in seconds. */
export const COMMAND_ANSWER_SECONDS = COMMAND_GRACE_SECONDS + READING_SECONDS;

/** Whether it was `timeout` that ended a command. */
export function endedByTimeout(exitCode: number | undefined, secondsTaken: number, { seconds }: TimeLimit): boolean {
  return secondsTaken >= seconds && TIMEOUT_CODES.includes(exitCode);
}

/** What code has printed until now; nothing where it cannot be had. */
export async function readKept(access: SessionAccess, { folder }: TimeLimit): Promise<Streams | undefined> {
  // One second for what comes after, so that the answer is not late itself.
  const deadline = Deadline.inSeconds(Math.min(READING_SECONDS, access.deadline.secondsLeft - 1));
  const signal = AbortSignal.any([access.signal, deadline.signal]);
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => `${folder}/${name}`) as [string, string];
  try {
    const files = filesOf(
      await access.interpreter.invokeIdempotent(
        { ...access, signal, tool: 'readFiles', arguments: { paths: [stdout, stderr] } },
        deadline,
      ),
    );
    return { stdout: textOf(files.get(stdout)), stderr: textOf(files.get(stderr)) };
  } catch {
    return undefined;
  }
}

/** Without the last end of line, as the service answers. */
function textOf(content: Uint8Array = new Uint8Array()): string {
  return Buffer.from(content)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
