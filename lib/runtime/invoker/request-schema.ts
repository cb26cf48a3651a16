import * as z from 'zod';
import { INVOKER_LIMITS, type InputFile, type InvokerRequest } from '../../contract/invoker';
import { LANGUAGES, RUNTIMES, SESSION_TIMEOUT_SECONDS, TOOL_NAMES, type ToolName } from '../../contract/service';
import { jsonObject } from '../json-schema';

/** A path in the session: relative to its working directory, never out of it, and never the invoker's own folder. */
export const sessionPath = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (path) => !path.startsWith('/') && !/(^|\/)\.\.(\/|$)/.test(path),
    'must be relative to the working directory, without ".."',
  )
  .refine((path) => !path.includes('\0') && path.isWellFormed(), 'must be valid text without NUL characters')
  .refine((path) => !/(^|\/)\.?\/|(^|\/)\.?$/.test(path), 'must name a file: no empty names and no "." in it')
  .refine((path) => !/^\.invoker(\/|$)/.test(path), 'must not be in ".invoker", which is the invoker\'s own');

const objectKey = z
  .string()
  .min(1)
  .refine((key) => Buffer.byteLength(key) <= 1024 && key.isWellFormed(), 'must be a key of S3, at most 1024 bytes');

const CONTENTS = ['text', 'base64', 's3Key', 's3Prefix'] as const;

const inputFile = z
  .strictObject({
    path: sessionPath,
    text: z.string().optional(),
    base64: z.base64().optional(),
    s3Key: objectKey.optional(),
    s3Prefix: objectKey.endsWith('/', 'must end with "/"').optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
      .optional(),
  })
  .refine(
    (file) => CONTENTS.filter((name) => file[name] !== undefined).length === 1,
    'must have exactly one of "text", "base64", "s3Key" and "s3Prefix"',
  )
  .refine(({ s3Prefix, sha256 }) => s3Prefix === undefined || sha256 === undefined, {
    path: ['sha256'],
    message: 'is for one file; it cannot be given with "s3Prefix"',
  });

const toolArguments = z.strictObject({
  code: z.string().optional(),
  language: z.enum(LANGUAGES).optional(),
  runtime: z.enum(RUNTIMES).optional(),
  clearContext: z.boolean().optional(),
  command: z.string().optional(),
  path: z.string().optional(),
  paths: z.array(z.string()).optional(),
  content: z
    .array(
      z
        .strictObject({ path: z.string(), text: z.string().optional(), blob: z.base64().optional() })
        .refine(
          ({ text, blob }) => (text === undefined) !== (blob === undefined),
          'must have one of "text" and "blob"',
        ),
    )
    .optional(),
  directoryPath: z.string().optional(),
  taskId: z.string().optional(),
});

/** What each tool cannot do without. */
const NEEDED: Partial<Record<ToolName, keyof z.infer<typeof toolArguments>>> = {
  executeCode: 'code',
  executeCommand: 'command',
  startCommandExecution: 'command',
  readFiles: 'paths',
  removeFiles: 'paths',
  writeFiles: 'content',
  getTask: 'taskId',
  stopTask: 'taskId',
};

const tool = z
  .strictObject({ name: z.enum(TOOL_NAMES), arguments: toolArguments.optional() })
  .superRefine(({ name, arguments: given = {} }, context) => {
    const needed = NEEDED[name];
    if (needed !== undefined && given[needed] === undefined) {
      context.addIssue({ code: 'custom', path: ['arguments', needed], message: `is needed by ${name}` });
    }
  });

const offset = z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

const task = z.strictObject({
  id: z.string().regex(/^[0-9a-zA-Z-]{1,100}~[0-9a-zA-Z-]{1,100}$/, 'must be the id of an answer\'s "task"'),
  stop: z.boolean().optional(),
  stdoutFrom: offset,
  stderrFrom: offset,
});

const environment = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, 'must be a name of letters, digits and "_"'),
    z
      .string()
      .max(32_768)
      .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be text without NUL characters'),
  )
  .refine((variables) => Object.keys(variables).length <= 100, 'must have at most 100 variables');

const { maxAnswerBytes, timeoutSeconds, files } = INVOKER_LIMITS;

const shape = z.strictObject({
  code: z.string().min(1).optional(),
  command: z.string().min(1).optional(),
  script: objectKey.optional(),
  tool: tool.optional(),
  task: task.optional(),
  language: z.enum(LANGUAGES).optional(),
  runtime: z.enum(RUNTIMES).optional(),
  background: z.boolean().optional(),
  sessionId: z
    .string()
    .regex(/^[0-9a-zA-Z]{1,40}$/, 'must be 1 to 40 letters and digits')
    .optional(),
  endSession: z.boolean().optional(),
  sessionTimeoutSeconds: z.int().min(SESSION_TIMEOUT_SECONDS.min).max(SESSION_TIMEOUT_SECONDS.max).optional(),
  timeoutSeconds: z.number().min(timeoutSeconds.min).max(timeoutSeconds.max).optional(),
  environment: environment.optional(),
  parameters: jsonObject.optional(),
  files: z.array(inputFile).max(files).optional(),
  outputs: z.array(sessionPath).max(files).optional(),
  transfer: z.enum(['url', 'role']).optional(),
  contentBlocks: z.boolean().optional(),
  maxAnswerBytes: z.int().min(maxAnswerBytes.min).max(maxAnswerBytes.max).optional(),
});

type Shape = z.infer<typeof shape>;

/** The ways to say what is to be done; a request has exactly one of them. */
const WORK = ['code', 'command', 'script', 'tool', 'task'] as const;

/** What goes with some kinds of work only: field, kinds, and how the kinds are called. */
const ONLY_WITH: readonly (readonly [keyof Shape, readonly (typeof WORK)[number][], string])[] = [
  ['language', ['code', 'script'], '"code" or "script"'],
  ['runtime', ['code', 'script'], '"code" or "script"'],
  ['environment', ['code', 'command', 'script'], '"code", "command" or "script"'],
  ['background', ['code', 'command', 'script'], '"code", "command" or "script"'],
  ['timeoutSeconds', ['code', 'command', 'script', 'tool'], '"code", "command", "script" or "tool"'],
  ['files', ['code', 'command', 'script', 'tool'], '"code", "command", "script" or "tool"'],
  ['parameters', ['code', 'command', 'script'], '"code", "command" or "script"'],
];

/** What contradicts itself: field, and what is wrong about it. */
function contradictions(request: Shape): [keyof Shape, string][] {
  const found: [keyof Shape, string][] = [];
  const check = (field: keyof Shape, wrong: boolean, message: string) => wrong && found.push([field, message]);
  for (const [field, kinds, names] of ONLY_WITH) {
    check(
      field,
      request[field] !== undefined && !kinds.some((kind) => request[kind] !== undefined),
      `goes with ${names}`,
    );
  }
  const { sessionId, task: asked, background, language, runtime } = request;
  check('sessionId', asked !== undefined && sessionId === undefined, 'is needed with "task"');
  check(
    'sessionTimeoutSeconds',
    sessionId !== undefined && request.sessionTimeoutSeconds !== undefined,
    'is for a new session',
  );
  check('timeoutSeconds', background === true && request.timeoutSeconds !== undefined, 'does not go with "background"');
  check(
    'outputs',
    background === true && request.outputs !== undefined,
    'goes with the "task" that is asked for later',
  );
  check('endSession', background === true && request.endSession === true, 'does not go with "background"');
  const known = language ?? (request.script === undefined ? 'python' : undefined);
  check(
    'runtime',
    runtime !== undefined && known !== undefined && (runtime === 'python') !== (known === 'python'),
    `${runtime} does not run ${known}`,
  );
  return found;
}

/** Paths that are written twice: what the second one would do to the first is nobody's wish. */
function twice(inputs: readonly InputFile[]): number[] {
  const seen = new Set<string>();
  return inputs.flatMap(({ path, s3Prefix }, index) => {
    const again = s3Prefix === undefined && seen.has(path);
    seen.add(path);
    return again ? [index] : [];
  });
}

/** The request, as zod checks it: the shape first, then what must fit together. */
export const requestSchema = shape.superRefine((request, context) => {
  const given = WORK.filter((kind) => request[kind] !== undefined);
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(', ');
    context.addIssue({ code: 'custom', message: `must have exactly one of ${WORK.join(', ')}; got ${got}` });
  }
  for (const [field, message] of contradictions(request)) {
    context.addIssue({ code: 'custom', path: [field], message });
  }
  for (const index of twice(request.files ?? [])) {
    context.addIssue({ code: 'custom', path: ['files', index, 'path'], message: 'is written twice' });
  }
}) satisfies z.ZodType<InvokerRequest>;
