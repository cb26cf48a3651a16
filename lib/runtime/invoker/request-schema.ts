import * as z from 'zod/mini';
import { INVOKER_LIMITS, type InputFile, type InvokerRequest } from '../../contract/invoker';
import { LANGUAGES, RUNTIMES, SESSION_TIMEOUT_SECONDS, TOOL_NAMES, type ToolName } from '../../contract/service';

// The small variant of zod, since bundles are loaded at cold starts; it has no messages unless it is given some.
z.config(z.locales.en());

/** Where a request's parameters are in the session. */
export const PARAMETERS_FILE = 'parameters.json';

/** A path in the session: relative to its working directory, never out of it, and never the invoker's own folder. */
export const sessionPath = z.string().check(
  z.minLength(1),
  z.maxLength(1024),
  z.refine(
    (path) => !path.startsWith('/') && !/(^|\/)\.\.(\/|$)/.test(path),
    'must be relative to the working directory, without ".."',
  ),
  z.refine((path) => !path.includes('\0') && path.isWellFormed(), 'must be valid text without NUL characters'),
  z.refine((path) => !/(^|\/)\.?\/|(^|\/)\.?$/.test(path), 'must name a file: no empty names and no "." in it'),
  z.refine((path) => !/^\.invoker(\/|$)/.test(path), 'must not be in ".invoker", which is the invoker\'s own'),
);

const objectKey = z.string().check(
  z.minLength(1),
  z.refine((key) => Buffer.byteLength(key) <= 1024 && key.isWellFormed(), 'must be a key of S3, at most 1024 bytes'),
);

const text = z.optional(z.string());
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'));

const CONTENTS = ['text', 'base64', 's3Key', 's3Prefix'] as const;

const inputFile = z
  .strictObject({
    path: sessionPath,
    text,
    base64: z.optional(z.base64()),
    s3Key: z.optional(objectKey),
    s3Prefix: z.optional(objectKey.check(z.endsWith('/', 'must end with "/"'))),
    sha256: z.optional(sha256),
  })
  .check(
    z.refine(
      (file) => CONTENTS.filter((name) => file[name] !== undefined).length === 1,
      'must have exactly one of "text", "base64", "s3Key" and "s3Prefix"',
    ),
    z.refine(({ s3Prefix, sha256: given }) => s3Prefix === undefined || given === undefined, {
      path: ['sha256'],
      message: 'is for one file; it cannot be given with "s3Prefix"',
    }),
  );

const toolFile = z
  .strictObject({ path: z.string(), text, blob: z.optional(z.base64()) })
  .check(
    z.refine(({ text, blob }) => (text === undefined) !== (blob === undefined), 'must have one of "text" and "blob"'),
  );

const toolArguments = z.strictObject({
  code: text,
  language: z.optional(z.enum(LANGUAGES)),
  runtime: z.optional(z.enum(RUNTIMES)),
  clearContext: z.optional(z.boolean()),
  command: text,
  path: text,
  paths: z.optional(z.array(z.string())),
  content: z.optional(z.array(toolFile)),
  directoryPath: text,
  taskId: text,
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

const tool = z.strictObject({ name: z.enum(TOOL_NAMES), arguments: z.optional(toolArguments) }).check(
  z.superRefine(({ name, arguments: given = {} }, context) => {
    const needed = NEEDED[name];
    if (needed !== undefined && given[needed] === undefined) {
      context.addIssue({ code: 'custom', path: ['arguments', needed], message: `is needed by ${name}` });
    }
  }),
);

const offset = z.optional(z.int().check(z.minimum(0), z.maximum(Number.MAX_SAFE_INTEGER)));

const task = z.strictObject({
  id: z.string().check(z.regex(/^[0-9a-zA-Z-]{1,100}~[0-9a-zA-Z-]{1,100}$/, 'must be the id of an answer\'s "task"')),
  stop: z.optional(z.boolean()),
  stdoutFrom: offset,
  stderrFrom: offset,
});

const environment = z
  .record(
    z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, 'must be a name of letters, digits and "_"')),
    z.string().check(
      z.maxLength(32_768),
      z.refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be text without NUL characters'),
    ),
  )
  .check(z.refine((variables) => Object.keys(variables).length <= 100, 'must have at most 100 variables'));

const sessionId = z.string().check(z.regex(/^[0-9a-zA-Z]{1,40}$/, 'must be 1 to 40 letters and digits'));

const { files } = INVOKER_LIMITS;

function between(type: z.ZodMiniNumber | z.ZodMiniNumberFormat, { min, max }: { min: number; max: number }) {
  return z.optional(type.check(z.minimum(min), z.maximum(max)));
}

const shape = z.strictObject({
  code: z.optional(z.string().check(z.minLength(1))),
  command: z.optional(z.string().check(z.minLength(1))),
  script: z.optional(objectKey),
  tool: z.optional(tool),
  task: z.optional(task),
  language: z.optional(z.enum(LANGUAGES)),
  runtime: z.optional(z.enum(RUNTIMES)),
  background: z.optional(z.boolean()),
  sessionId: z.optional(sessionId),
  endSession: z.optional(z.boolean()),
  sessionTimeoutSeconds: between(z.int(), SESSION_TIMEOUT_SECONDS),
  timeoutSeconds: between(z.number(), INVOKER_LIMITS.timeoutSeconds),
  environment: z.optional(environment),
  parameters: z.optional(z.record(z.string(), z.json())),
  files: z.optional(z.array(inputFile).check(z.maxLength(files))),
  outputs: z.optional(z.array(sessionPath).check(z.maxLength(files))),
  transfer: z.optional(z.enum(['url', 'role'])),
  contentBlocks: z.optional(z.boolean()),
  maxAnswerBytes: between(z.int(), INVOKER_LIMITS.maxAnswerBytes),
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
function twice({ files: inputs = [], parameters }: { files?: readonly InputFile[]; parameters?: object }): number[] {
  const seen = new Set<string>(parameters ? [PARAMETERS_FILE] : []);
  return inputs.flatMap(({ path, s3Prefix }, index) => {
    const again = s3Prefix === undefined && seen.has(path);
    seen.add(path);
    return again ? [index] : [];
  });
}

/** The request, as zod checks it: the shape first, then what must fit together. */
export const requestSchema = shape.check(
  z.superRefine((request, context) => {
    const given = WORK.filter((kind) => request[kind] !== undefined);
    if (given.length !== 1) {
      const got = given.length === 0 ? 'none' : given.join(', ');
      context.addIssue({ code: 'custom', message: `must have exactly one of ${WORK.join(', ')}; got ${got}` });
    }
    for (const [field, message] of contradictions(request)) {
      context.addIssue({ code: 'custom', path: [field], message });
    }
    for (const index of twice(request)) {
      context.addIssue({ code: 'custom', path: ['files', index, 'path'], message: 'is written twice' });
    }
  }),
) satisfies z.ZodMiniType<InvokerRequest>;
