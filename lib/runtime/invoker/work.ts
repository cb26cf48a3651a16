import { extname } from 'node:path/posix';
import { INVOKER_LIMITS, type InvokerRequest, type ToolRequest } from '../../contract/invoker';
import { SCRIPT_LANGUAGES } from '../../contract/script-language';
import type { Language, Runtime, ToolName } from '../../contract/service';
import { pythonString, shellWord } from '../quoting';
import type { ToolCall } from '../session/interpreter';
import type { ToolResult } from '../session/tool-result';
import type { ObjectStore } from '../staging/object-store';
import { asStaging, requireOwn } from './inputs';
import { invalidRequest } from './invoker-request';
import { commandInTime, keepingInPython, keepingInScript, type TimeLimit } from './kept-output';
import { type SessionAccess, staging } from './transfer';

/** What is to be executed, whichever way the request says it. */
export type Work =
  | { readonly kind: 'code'; readonly code: string; readonly language: Language; readonly runtime?: Runtime }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'tool'; readonly tool: ToolRequest };

/** Tools whose second call does no harm. */
const IDEMPOTENT: readonly ToolName[] = ['readFiles', 'listFiles', 'writeFiles', 'getTask'];

/** Finds out what a request wants executed; a script is read from S3. Nothing for a request about a task. */
export async function workOf(request: InvokerRequest, store: ObjectStore, prefix: string): Promise<Work | undefined> {
  const { code, command, script, tool, language, runtime } = request;
  if (code !== undefined) {
    return { kind: 'code', code, language: language ?? 'python', runtime };
  }
  if (script !== undefined) {
    requireOwn(script, prefix, 'script');
    return { kind: 'code', language: languageOf(script, language), runtime, code: await scriptAt(script, store) };
  }
  if (command !== undefined) {
    return { kind: 'command', command };
  }
  return tool && { kind: 'tool', tool };
}

function languageOf(key: string, given: Language | undefined): Language {
  const language = given ?? SCRIPT_LANGUAGES[extname(key).toLowerCase()];
  if (language === undefined) {
    const known = Object.keys(SCRIPT_LANGUAGES).join(', ');
    throw invalidRequest(`language is required: the file extension is none of ${known}`);
  }
  return language;
}

async function scriptAt(key: string, store: ObjectStore): Promise<string> {
  const where = `script: s3://${store.bucket}/${key}`;
  try {
    const object = await store.stat(key);
    if (!object) {
      throw staging(`${where} does not exist`);
    }
    if (object.bytes > INVOKER_LIMITS.scriptBytes) {
      throw staging(`${where} has ${object.bytes} bytes; a script has at most ${INVOKER_LIMITS.scriptBytes}`);
    }
    return await store.text(key);
  } catch (error) {
    throw asStaging(error, `reading ${where}`);
  }
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
  return interpreter.invokeOnce(callOf(work, access, execution), deadline);
}

function callOf(work: Work, access: SessionAccess, { environment = {}, limit }: Execution): ToolCall {
  switch (work.kind) {
    case 'tool':
      return toolCall(work.tool, access);
    case 'command': {
      const command = limit ? commandInTime(work.command, limit) : work.command;
      return { ...access, tool: 'executeCommand', arguments: { command: exports(environment) + command } };
    }
    case 'code': {
      const { language, runtime } = work;
      // On the first line, so that the lines of the code keep their numbers.
      const before = (limit ? keepingInScript(limit) : '') + scriptEnvironment(environment);
      const code = language === 'python' ? work.code : before + work.code;
      return { ...access, tool: 'executeCode', arguments: { code, language, ...(runtime ? { runtime } : {}) } };
    }
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
export function exports(environment: Readonly<Record<string, string>>): string {
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
    const variables = pythonString(JSON.stringify(environment));
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
