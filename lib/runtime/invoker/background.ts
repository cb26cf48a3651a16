import { ErrorName } from '../../contract/errors';
import type { InvokerResponse, Outcome, TaskRequest } from '../../contract/invoker';
import { NamedError } from '../named-error';
import { textOf } from '../session/tool-result';
import { FOLDER, type SessionAccess, staging, Transfer } from './transfer';
import { exportStatements, type Work } from './work';

/** What one answer carries of each stream, in bytes. */
const STREAM_BYTES = 1_500_000;

/** Outcomes by the service's words; what is not here still runs. */
const OUTCOME_OF_STATUS: Readonly<Record<string, Outcome>> = {
  completed: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
};

/** Where a task's files are, below the working directory. */
function folderOf(run: string): string {
  return `${FOLDER}/tasks/${run}`;
}

/** The file that work becomes, and the shell command that runs it. */
function programOf(work: Work, folder: string): { name: string; text: string; command: string } {
  if (work.kind === 'tool') {
    throw new Error('a tool cannot run in the background');
  }
  if (work.kind === 'command') {
    return { name: 'main.sh', text: work.command, command: `sh ${folder}/main.sh` };
  }
  const { code: text, language, runtime } = work;
  if (language === 'python') {
    // The working directory is where modules are looked for, as when code runs in the foreground.
    const command = `PYTHONPATH=".\${PYTHONPATH:+:$PYTHONPATH}" python3 -u ${folder}/main.py`;
    return { name: 'main.py', text, command };
  }
  if (runtime === 'nodejs') {
    const name = language === 'typescript' ? 'main.mts' : 'main.cjs';
    return { name, text, command: `node ${folder}/${name}` };
  }
  const name = language === 'typescript' ? 'main.ts' : 'main.js';
  return { name, text, command: `deno run --quiet --no-prompt --allow-all ${folder}/${name}` };
}

/**
 * Starts work in a process of its own. Its output goes to files, so that it can be asked for while it runs.
 *
 * @returns the task's id
 */
export async function startTask(
  access: SessionAccess,
  work: Work,
  run: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = folderOf(run);
  const { name, text, command } = programOf(work, folder);
  const script = [
    exportStatements(environment),
    `${command} >${folder}/stdout 2>${folder}/stderr`,
    'code=$?',
    `echo $code >${folder}/exit`,
    'exit $code',
    '',
  ].join('\n');
  const content = [
    { path: `${folder}/${name}`, blob: Buffer.from(text) },
    { path: `${folder}/run.sh`, blob: Buffer.from(script) },
  ];
  const written = await access.interpreter.invokeIdempotent(
    { ...access, tool: 'writeFiles', arguments: { content } },
    access.deadline,
  );
  if (written.isError) {
    throw staging(textOf(written));
  }
  const started = await access.interpreter.invokeOnce(
    { ...access, tool: 'startCommandExecution', arguments: { command: `sh ${folder}/run.sh` } },
    access.deadline,
  );
  if (started.isError || started.taskId === undefined) {
    throw new NamedError(ErrorName.serviceRejected, `starting a task: ${textOf(started) || 'no task id came back'}`);
  }
  return `${started.taskId}~${run}`;
}

/** How a task is getting on: what an answer tells of it. */
export type TaskReport = Pick<
  InvokerResponse,
  'outcome' | 'isError' | 'stdout' | 'stderr' | 'exitCode' | 'executionTime'
> & {
  readonly task: NonNullable<InvokerResponse['task']>;
};

/** Asks for a task's state and for what it has printed since; stops it before if that is asked for. */
export async function askTask(access: SessionAccess, request: TaskRequest): Promise<TaskReport> {
  const { id, stop = false, stdoutFrom = 0, stderrFrom = 0 } = request;
  const [taskId = '', run = ''] = id.split('~');
  let state = await getTask(access, taskId);
  if (stop && outcomeOf(state.taskStatus) === 'running') {
    await stopTask(access, taskId);
    state = await getTask(access, taskId);
  }
  const folder = folderOf(run);
  const [stdout, stderr, exit] = await new Transfer(access).read([
    { path: `${folder}/stdout`, offset: stdoutFrom, most: STREAM_BYTES },
    { path: `${folder}/stderr`, offset: stderrFrom, most: STREAM_BYTES },
    { path: `${folder}/exit`, offset: 0, most: 10 },
  ]);
  const exitCode = exit?.content.length ? Number(exit.content.toString()) : state.exitCode;
  const told = outcomeOf(state.taskStatus);
  // Whether the service calls a command that ended with another code than 0 completed or failed, is not known.
  const outcome = told === 'succeeded' && (exitCode ?? 0) !== 0 ? 'failed' : told;
  const ended = outcome !== 'running';
  const [out, err] = [wholeText(stdout?.content, ended), wholeText(stderr?.content, ended)];
  return {
    outcome,
    isError: outcome === 'failed',
    stdout: out.text,
    stderr: err.text,
    exitCode: ended ? exitCode : undefined,
    executionTime: state.executionTime,
    task: {
      id,
      status: state.taskStatus ?? 'unknown',
      stdoutNext: stdoutFrom + out.bytes,
      stderrNext: stderrFrom + err.bytes,
      more: stdoutFrom + out.bytes < (stdout?.bytes ?? 0) || stderrFrom + err.bytes < (stderr?.bytes ?? 0),
    },
  };
}

function getTask(access: SessionAccess, taskId: string) {
  return access.interpreter.invokeIdempotent({ ...access, tool: 'getTask', arguments: { taskId } }, access.deadline);
}

/** A task that ends in the meantime is no error. */
async function stopTask(access: SessionAccess, taskId: string): Promise<void> {
  try {
    await access.interpreter.invokeOnce({ ...access, tool: 'stopTask', arguments: { taskId } }, access.deadline);
  } catch (error) {
    if (!(error instanceof NamedError && error.name === ErrorName.sessionLost)) {
      throw error;
    }
  }
}

function outcomeOf(status: string | undefined): Outcome {
  return OUTCOME_OF_STATUS[status ?? ''] ?? 'running';
}

/** The text of bytes that may end in the middle of a character: the rest comes with the next part. */
function wholeText(content: Buffer = Buffer.alloc(0), ended: boolean): { text: string; bytes: number } {
  const last = ended && content.length < STREAM_BYTES;
  const bytes = content.length - (last ? 0 : begunCharacter(content));
  return { text: content.toString('utf8', 0, bytes), bytes };
}

/** How many bytes at the end are the beginning of a character of UTF-8 whose last byte is missing. */
function begunCharacter(content: Buffer): number {
  for (let back = 1; back <= Math.min(3, content.length); back++) {
    const byte = content[content.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}
