import { randomUUID } from 'node:crypto';
import type { InvokerRequest, ToolRequest } from '../../contract/invoker';
import type { Language, Runtime, ToolName } from '../../contract/service';
import { pythonLiteral, shellWord } from '../quoting';
import type { ToolCall } from '../session/interpreter';
import { type ToolResult, textOf } from '../session/tool-result';
import { commandInTime, keepingInPython, keepingInScript, type TimeLimit } from './kept-output';
import { FOLDER, type SessionAccess, staging } from './transfer';

/** What is to be executed, whichever way the request says it. */
export type Work =
  | { readonly kind: 'code'; readonly code: string; readonly language: Language; readonly runtime?: Runtime }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'tool'; readonly tool: ToolRequest };

/** Tools whose second call does no harm. */
const IDEMPOTENT: readonly ToolName[] = ['readFiles', 'listFiles', 'writeFiles', 'getTask'];

/** A longer command goes through a file: a session's terminal is known to hang at lines above some 128 KB. */
const MAX_COMMAND_BYTES = 60_000;

/** What a request wants executed. Nothing for a request about a task; a script has become a command before. */
export function workOf({ code, command, tool, language, runtime }: InvokerRequest): Work | undefined {
  if (code !== undefined) {
    return { kind: 'code', code, language: language ?? 'python', runtime };
  }
  if (command !== undefined) {
    return { kind: 'command', command };
  }
  return tool && { kind: 'tool', tool };
}

/** How work is executed. */
export interface Execution {
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: none. */
  readonly limit?: TimeLimit;
}

/** Executes it, once. */
export async function perform(work: Work, access: SessionAccess, execution: Execution): Promise<ToolResult> {
  const { interpreter, deadline } = access;
  if (work.kind === 'tool' && IDEMPOTENT.includes(work.tool.name)) {
    return interpreter.invokeIdempotent(toolCall(work.tool, access), deadline);
  }
  if (work.kind === 'code' && work.language === 'python') {
    await preparePython(access, execution);
  }
  const call = work.kind === 'command' ? await commandCall(work, access, execution) : callOf(work, access, execution);
  return interpreter.invokeOnce(call, deadline);
}

function callOf(work: Exclude<Work, { kind: 'command' }>, access: SessionAccess, execution: Execution): ToolCall {
  if (work.kind === 'tool') {
    return toolCall(work.tool, access);
  }
  const { environment = {}, limit } = execution;
  const { language, runtime } = work;
  // On the first line, so that the lines of the code keep their numbers.
  const before = (limit ? keepingInScript(limit) : '') + scriptEnvironment(environment);
  const code = language === 'python' ? work.code : before + work.code;
  return { ...access, tool: 'executeCode', arguments: { code, language, ...(runtime ? { runtime } : {}) } };
}

async function commandCall(
  { command: given }: Extract<Work, { kind: 'command' }>,
  access: SessionAccess,
  { environment = {}, limit }: Execution,
): Promise<ToolCall> {
  const whole = exportStatements(environment) + (limit ? commandInTime(given, limit) : given);
  if (Buffer.byteLength(whole) <= MAX_COMMAND_BYTES) {
    return { ...access, tool: 'executeCommand', arguments: { command: whole } };
  }
  // With the environment inside: its values may be as long. It is removed before it does anything.
  const path = `./${FOLDER}/command-${randomUUID()}.sh`;
  const text = `rm -f ${path}; ${exportStatements(environment)}${given}\n`;
  await writeFile(access, path.slice(2), text);
  const command = limit ? commandInTime(`. ${path}`, limit) : `. ${path}`;
  return { ...access, tool: 'executeCommand', arguments: { command } };
}

async function writeFile(access: SessionAccess, path: string, text: string): Promise<void> {
  const written = await access.interpreter.invokeIdempotent(
    { ...access, tool: 'writeFiles', arguments: { content: [{ path, blob: Buffer.from(text) }] } },
    access.deadline,
  );
  if (written.isError) {
    throw staging(`writing the command into the session: ${textOf(written)}`);
  }
}

function toolCall({ name, arguments: given = {} }: ToolRequest, access: SessionAccess): ToolCall {
  const { paths, content, ...rest } = given;
  return {
    ...access,
    tool: name,
    arguments: {
      ...rest,
      ...(paths && { paths: [...paths] }),
      ...(content && {
        content: content.map(({ path, text, blob }) =>
          blob === undefined ? { path, text } : { path, blob: Buffer.from(blob, 'base64') },
        ),
      }),
    },
  };
}

/** Environment variables as the beginning of a shell command. */
export function exportStatements(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellWord(value)}; `)
    .join('');
}

function scriptEnvironment(environment: Readonly<Record<string, string>>): string {
  return Object.keys(environment).length === 0
    ? ''
    : `Object.assign(globalThis.process.env, ${JSON.stringify(environment)}); `;
}

/** By a call of its own: what stands before Python code would move its lines, or `from __future__` out of its place. */
async function preparePython(access: SessionAccess, { environment = {}, limit }: Execution): Promise<void> {
  const steps = limit ? [keepingInPython(limit)] : [];
  if (Object.keys(environment).length > 0) {
    const variables = pythonLiteral(JSON.stringify(environment));
    steps.push(`__import__('os').environ.update(__import__('json').loads(${variables}))`);
  }
  if (steps.length === 0) {
    return;
  }
  const set = await access.interpreter.invokeIdempotent(
    { ...access, tool: 'executeCode', arguments: { code: steps.join('\n'), language: 'python' } },
    access.deadline,
  );
  if (set.isError) {
    // What Python says of it would repeat the values.
    throw staging('the environment could not be set: Python in the session raised an exception at it');
  }
}
