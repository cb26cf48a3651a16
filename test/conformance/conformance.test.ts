import type { Emulator } from '../../lib/local/emulator';
import { findProgram } from '../../lib/local/sandbox/programs';
import { startForTest, type TestClient } from '../local/emulator/support';
import { type CorpusScript, corpus } from './corpus';
import { allowedDifferences } from './difference-table';
import { type Aspect, differences, type Outcome } from './outcome';
import { ScriptRunner, WAYS, type Way } from './script-runner';

/** Some scripts of the corpus attack what is around them: none runs outside of a sandbox. */
const SANDBOXED = findProgram('bwrap') !== undefined;
const suite = SANDBOXED || process.env.CI === 'true' ? describe : describe.skip;
const [, ONLY] = /^only=(.*)$/.exec(process.env.CONFORMANCE ?? '') ?? [];
/** Sessions side by side: as many as the machine has processors, at least. */
const LANES = 2;

interface Difference {
  readonly script: string;
  readonly way: Way;
  readonly aspect: Aspect;
  readonly plain: unknown;
  readonly item: unknown;
}

suite.each([
  ['Python', 'python', 200],
  ['JavaScript and TypeScript', 'deno', 80],
] as const)('a script in %s is, as an item, what the plain interpreter makes of it', (language, folder, least) => {
  const scripts = corpus(folder).filter(({ name }) => ONLY === undefined || name.includes(ONLY));
  const found: Difference[] = [];
  const seen = new Map<string, string[]>();
  let emulator: Emulator;
  let client: TestClient;

  beforeAll(async () => {
    ({ emulator, client } = await startForTest({ isolation: 'require' }));
    const queue = scripts.values();
    await Promise.all(Array.from({ length: LANES }, () => work(queue)));
    console.log(table(language, scripts, seen));
  }, 900_000);

  afterAll(() => emulator?.stop());

  async function work(queue: Iterator<CorpusScript> & Iterable<CorpusScript>): Promise<void> {
    const runner = new ScriptRunner(client);
    for (const script of queue) {
      await compare(runner, script);
    }
    await runner.close();
  }

  async function compare(runner: ScriptRunner, script: CorpusScript): Promise<void> {
    const plain = await runner.plain(script);
    const cells: string[] = [];
    for (const way of WAYS) {
      const { outcome } = await runner.item(script, way);
      const aspects = differences(plain, outcome);
      found.push(...aspects.map((aspect) => difference(script, way, aspect, plain, outcome)));
      cells.push(aspects.join(' ') || 'same');
    }
    seen.set(script.name, cells);
  }

  test(`of ${least} scripts or more`, () => {
    expect(ONLY === undefined ? scripts.length : least).toBeGreaterThanOrEqual(least);
    expect(seen.size).toBe(scripts.length);
  });

  test('but for what docs/scripts.md names, with its reason', () => {
    const allowed = allowedDifferences();
    const isAllowed = ({ script, aspect }: Difference) =>
      allowed.some(({ scripts, aspects }) => aspects.includes(aspect) && scripts.some((name) => matches(script, name)));
    expect(found.filter((each) => !isAllowed(each))).toEqual([]);
  });

  test('and what docs/scripts.md names does differ', () => {
    const names = allowedDifferences().flatMap(({ scripts: named }) => named);
    const here = names.filter((name) => scripts.some((script) => matches(script.name, name)));
    expect(here.filter((name) => !found.some(({ script }) => matches(script, name)))).toEqual([]);
  });
});

/** A script of the table: by its name, without the folder of the language and the extension. */
function matches(script: string, name: string): boolean {
  return script.replace(/^\w+\//, '').replace(/\.\w+$/, '') === name;
}

function difference(script: CorpusScript, way: Way, aspect: Aspect, plain: Outcome, item: Outcome): Difference {
  return { script: script.name, way, aspect, plain: short(plain[aspect]), item: short(item[aspect]) };
}

function short(value: unknown): unknown {
  const text = JSON.stringify(value) ?? '';
  return text.length > 600 ? `${text.slice(0, 300)}...${text.slice(-300)}` : value;
}

function table(language: string, scripts: readonly CorpusScript[], seen: ReadonlyMap<string, string[]>): string {
  const width = Math.max(0, ...scripts.map(({ name }) => name.length));
  const lines = scripts.map(
    ({ name }) => `${name.padEnd(width)}  ${(seen.get(name) ?? []).map((cell) => cell.padEnd(20)).join('')}`,
  );
  return [
    `${language}, against the plain interpreter`,
    `${'script'.padEnd(width)}  ${WAYS.map((way) => way.padEnd(20)).join('')}`,
    ...lines,
  ].join('\n');
}
