import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CODE_TOOL_LIMITS, CODE_TOOL_NAMES, isToolSession, toolSessionPrefix } from '../../../lib/contract/code-tools';
import { checkInvokerRequest } from '../../../lib/runtime/invoker/invoker-request';
import { CODE_TOOLS } from '../../../lib/runtime/tools/code-tools';
import { gatewaySchema, gatewayTools } from '../../../lib/runtime/tools/gateway-tools';
import { cutInTheMiddle, TextBudget } from '../../../lib/runtime/tools/text-budget';
import { toolDocs } from '../../../lib/runtime/tools/tool-docs';
import { argumentSchema } from '../../../lib/runtime/tools/tool-schema';

const path = fc.constantFrom('a.csv', 'out/*.png', 'data/säle.txt', '**');
const outputs = fc.option(fc.array(path, { maxLength: 5 }), { nil: undefined });
const code = fc.string({ minLength: 1 });
const timeoutSeconds = fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined });
const offset = fc.option(fc.nat(), { nil: undefined });

/** Arguments that models may give, for every tool. */
const ARGUMENTS: Record<(typeof CODE_TOOL_NAMES)[number], fc.Arbitrary<object>> = {
  execute_python: fc.record({ code, timeoutSeconds, outputs, description: fc.option(fc.string(), { nil: undefined }) }),
  execute_javascript: fc.record({
    code,
    timeoutSeconds,
    outputs,
    language: fc.constantFrom(undefined, 'javascript', 'typescript'),
  }),
  run_command: fc.record({ command: code, timeoutSeconds, outputs }),
  write_files: fc.record({
    files: fc.array(
      fc.oneof(
        fc.record({ path: fc.constantFrom('a', 'b/c'), text: fc.string() }),
        fc.record({
          path: fc.constantFrom('a', 'b/c'),
          base64: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
        }),
      ),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  read_files: fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 5 }) }),
  list_files: fc.record({ path: fc.constantFrom(undefined, 'data', 'a/b') }),
  start_task: fc.record({ code, language: fc.constantFrom(undefined, 'python', 'javascript', 'typescript', 'shell') }),
  get_task: fc.record({
    taskId: fc.constant('ab-1~cd-2'),
    stop: fc.constantFrom(undefined, true, false),
    stdoutFrom: offset,
    stderrFrom: offset,
    outputs,
  }),
  stop_session: fc.constant({}),
};

test('the table has every tool of the contract, in its order', () => {
  expect(CODE_TOOLS.map(({ name }) => name)).toEqual([...CODE_TOOL_NAMES]);
});

test.each(CODE_TOOLS.map((tool) => [tool.name, tool] as const))(
  'whatever %s lets through is a request that the invoker takes',
  (name, tool) => {
    fc.assert(
      fc.property(ARGUMENTS[name], (args) => {
        const parsed = argumentSchema(tool, 'handle').parse({ ...args, sessionId: '01ABC' });
        const request = tool.request(parsed as never);
        if (request !== undefined) {
          checkInvokerRequest({ ...JSON.parse(JSON.stringify(request)), sessionId: '01ABC', endSession: false });
        }
      }),
    );
  },
);

test('a session belongs to the tool that named it, and to none whose name begins alike', () => {
  const id = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  const names = fc.stringMatching(/^[0-9a-zA-Z]([-]?[0-9a-zA-Z]){0,24}$/);
  fc.assert(
    fc.property(names, names, (one, other) => {
      expect(isToolSession(one, toolSessionPrefix(one) + id)).toBe(true);
      expect(isToolSession(one, toolSessionPrefix(other) + id)).toBe(one === other);
      expect((toolSessionPrefix(one) + id).length).toBeLessThanOrEqual(100);
    }),
  );
});

describe('texts', () => {
  test('that are too long keep their beginning and their end, whole characters, and say what is missing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 2, max: 100 }), (text, limit) => {
        const cut = cutInTheMiddle(text, limit);
        if (text.length <= limit) {
          expect(cut).toBe(text);
          return;
        }
        const [, head = '', missing = '', tail = ''] =
          /^([\s\S]*)\n\[\.\.\. (\d+) characters left out \.\.\.\]\n([\s\S]*)$/.exec(cut) ?? [];
        expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
        expect(head.length + tail.length + Number(missing)).toBe(text.length);
        expect(head.length + tail.length).toBeLessThanOrEqual(limit);
        expect(cut.isWellFormed()).toBe(text.isWellFormed());
      }),
    );
  });

  test('of one answer stay within their limit together, however many there are', () => {
    const budget = new TextBudget();
    const texts = Array.from({ length: CODE_TOOL_LIMITS.files }, () => budget.fit('x'.repeat(1_000_000)));
    const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
    expect(texts.every(({ cut }) => cut)).toBe(true);
    expect(characters).toBeLessThan(2 * CODE_TOOL_LIMITS.answerCharacters);
  });
});

describe('what is generated from the table', () => {
  test('docs/tools.md is up to date (npx tsx scripts/write-tool-docs.ts)', () => {
    expect(readFileSync(join(__dirname, '../../../docs/tools.md'), 'utf8')).toBe(toolDocs());
  });

  test('what Gateway is told is beside the bundle that is deployed', () => {
    const file = join(__dirname, '../../../dist/handlers/code-interpreter-tool/gateway-tools.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(gatewayTools());
  });

  test('possible values, which Gateway does not know, are in descriptions', () => {
    expect(gatewaySchema({ type: 'string', description: 'The language.', enum: ['a', 'b'] })).toEqual({
      type: 'string',
      description: 'The language. One of: a, b.',
    });
    expect(() => gatewaySchema({ description: 'anything' })).toThrow('without a type');
  });
});
