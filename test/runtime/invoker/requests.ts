import fc from 'fast-check';

const name = fc
  .stringMatching(/^[\p{L}\p{N} _()&%.-]{1,20}$/u)
  .filter((text) => !/^\.{1,2}$/.test(text) && text.isWellFormed());
const path = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'))
  .filter((text) => !text.startsWith('.invoker'));
// A key of this name is no data but an attack: it is dropped.
const json = fc
  .dictionary(name, fc.jsonValue() as fc.Arbitrary<unknown>, { maxKeys: 3 })
  .filter((value) => !JSON.stringify(value).includes('__proto__'));

const content = fc.oneof(
  fc.record({ text: fc.string() }),
  fc.record({ base64: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64')) }),
  fc.record({ s3Key: path.map((key) => `invoker/${key}`) }),
);
const files = fc.uniqueArray(
  fc.tuple(path, content).map(([where, what]) => ({ path: where, ...what })),
  { maxLength: 4, selector: (file) => file.path },
);
const environment = fc.dictionary(
  fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/),
  fc.string().filter((text) => !text.includes('\0')),
  { maxKeys: 3 },
);

const session = fc.oneof(
  fc.record({ sessionId: fc.stringMatching(/^[0-9A-Z]{26}$/), endSession: fc.boolean() }),
  fc.record({ sessionTimeoutSeconds: fc.integer({ min: 1, max: 28_800 }) }),
);
const common = fc.record(
  {
    files,
    outputs: fc.array(path, { maxLength: 4 }),
    transfer: fc.constantFrom('url', 'role'),
    contentBlocks: fc.boolean(),
    maxAnswerBytes: fc.integer({ min: 10_000, max: 5_500_000 }),
    timeoutSeconds: fc.integer({ min: 1, max: 900 }),
  },
  { requiredKeys: [] },
);
const executed = fc.oneof(
  fc
    .constantFrom(
      { language: 'python' },
      { language: 'typescript', runtime: 'deno' },
      { language: 'javascript', runtime: 'nodejs' },
      {},
    )
    .chain((language) => fc.string({ minLength: 1 }).map((code) => ({ code, ...language }))),
  fc.record({ command: fc.string({ minLength: 1 }) }),
  fc.record({ script: path.map((key) => `invoker/${key}.py`) }),
);
const extras = fc.record({ environment, parameters: json }, { requiredKeys: [] });
const work = fc.oneof(
  fc.tuple(executed, extras).map(([what, more]) => ({ ...what, ...more })),
  fc
    .constantFrom('readFiles', 'removeFiles')
    .chain((tool) => fc.array(path).map((paths) => ({ tool: { name: tool, arguments: { paths } } }))),
);

/** Requests that fit the contract. */
export const validRequest: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(work, session, common)
  .map(([what, where, rest]) => ({ ...what, ...where, ...rest }));

/** Ways to spoil a request, each with the field that the message must name. */
const spoilt: fc.Arbitrary<{ field: string; change: Record<string, unknown> }> = fc.oneof(
  ...(
    [
      'sessionId',
      'endSession',
      'language',
      'maxAnswerBytes',
      'timeoutSeconds',
      'outputs',
      'files',
      'environment',
    ] as const
  ).map((field) => fc.constantFrom({ a: [] }, -1.5, null).map((value) => ({ field, change: { [field]: value } }))),
  name.map((text) => ({ field: 'request', change: { [`no-such-field-${text}`]: 1 } })),
  fc
    .constantFrom('../x', '/x', 'a/../b', 'a//b', 'a/', '', '.', 'a\0b', '.invoker/x')
    .chain((wrong) =>
      fc.constantFrom(
        { field: 'files.0.path', change: { files: [{ path: wrong, text: '' }] } },
        { field: 'outputs.1', change: { outputs: ['fine', wrong] } },
      ),
    ),
  fc.constantFrom(
    { field: 'files.0.base64', change: { files: [{ path: 'a', base64: 'not base64!' }] } },
    { field: 'files.0', change: { files: [{ path: 'a' }] } },
    { field: 'files.0', change: { files: [{ path: 'a', text: '', base64: '' }] } },
    {
      field: 'files.1.path',
      change: {
        files: [
          { path: 'a', text: '' },
          { path: 'a', text: '' },
        ],
      },
    },
    { field: 'files.0.s3Prefix', change: { files: [{ path: 'a', s3Prefix: 'invoker/no-slash' }] } },
    { field: 'files.0.sha256', change: { files: [{ path: 'a', text: '', sha256: 'abc' }] } },
    { field: 'environment.1A', change: { environment: { '1A': '' } } },
    { field: 'environment.A', change: { environment: { A: 1 } } },
    { field: 'sessionTimeoutSeconds', change: { sessionTimeoutSeconds: 28_801 } },
    { field: 'timeoutSeconds', change: { timeoutSeconds: 901 } },
    { field: 'maxAnswerBytes', change: { maxAnswerBytes: 9_999 } },
    { field: 'transfer', change: { transfer: 'pigeon' } },
    { field: 'runtime', change: { runtime: 'cobol' } },
    { field: 'request', change: { code: '1', command: '1' } },
    { field: 'request', change: { code: undefined, command: undefined, script: undefined, tool: undefined } },
    { field: 'task.id', change: { task: { id: 'made up' } } },
    { field: 'tool.arguments.paths', change: { tool: { name: 'readFiles' } } },
    { field: 'tool.name', change: { tool: { name: 'format' } } },
  ),
);

/** Requests that do not fit, with the field that is wrong. */
export const malformedRequest = fc
  .tuple(validRequest, spoilt)
  .map(([request, { field, change }]) => ({ field, request: { ...request, ...change } }));
