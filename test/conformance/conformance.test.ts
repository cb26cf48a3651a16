import type { Emulator } from '../../lib/local/emulator';
import { findProgram } from '../../lib/local/sandbox/programs';
import { startForTest, type TestClient } from '../local/emulator/support';
import { type CorpusScript, corpus } from './corpus';
import { allowedDifferences } from './difference-table';
import { asAnswered, ExecRunner } from './exec-runner';
import { type Aspect, differences, type Outcome } from './outcome';
import { ScriptRunner, WAYS, type Way } from './script-runner';

/** Some scripts of the corpus attack what is around them: none runs outside of a sandbox. */
const SANDBOXED = findProgram('bwrap') !== undefined;
const suite = SANDBOXED || process.env.CI === 'true' ? describe : describe.skip;
/** Each script takes a session of its own by `exec`: `npm run conformance` runs all, the suite each so many-th. */
const EXEC_SAMPLE = process.env.CONFORMANCE === undefined ? 12 : 1;
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
  const allowed = Object.fromEntries(WAYS.map((way) => [way, allowedDifferences(way)]));
  const byExec = new Set(
    scripts.filter(
      ({ name }, index) =>
        index % EXEC_SAMPLE === 0 ||
        allowed.exec?.some(({ scripts: named }) => named.some((other) => matches(name, other))),
    ),
  );
  const found: Difference[] = [];
  const seen = new Map<string, string[]>();
  let emulator: Emulator;
  let client: TestClient;
  let exec: ExecRunner;

  beforeAll(async () => {
    ({ emulator, client } = await startForTest({ isolation: 'require' }));
    exec = await ExecRunner.open();
    const queue = scripts.values();
    await Promise.all(Array.from({ length: LANES }, () => work(queue)));
    console.log(table(language, scripts, seen));
  }, 900_000);

  afterAll(async () => {
    await exec?.close();
    await emulator?.stop();
  });

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
      if (way === 'exec' && !byExec.has(script)) {
        continue;
      }
      const expected = way === 'exec' ? asAnswered(plain) : plain;
      const outcome = way === 'exec' ? await exec.run(script) : (await runner.item(script, way)).outcome;
      const aspects = differences(expected, outcome);
      found.push(...aspects.map((aspect) => difference(script, way, aspect, expected, outcome)));
      cells.push(aspects.join(' ') || 'same');
    }
    seen.set(script.name, cells);
  }

  test(`of ${least} scripts or more`, () => {
    expect(ONLY === undefined ? scripts.length : least).toBeGreaterThanOrEqual(least);
    expect(seen.size).toBe(scripts.length);
  });

  test('but for what docs/scripts.md names, with its reason', () => {
    const isAllowed = ({ script, way, aspect }: Difference) =>
      allowed[way]?.some(
        ({ scripts, aspects }) => aspects.includes(aspect) && scripts.some((name) => matches(script, name)),
      );
    expect(found.filter((each) => !isAllowed(each))).toEqual([]);
  });

  test.each([[['group', 'background']], [['exec']]])('and what docs/scripts.md names for %j does differ', (ways) => {
    const names = ways.flatMap((way) => allowed[way] ?? []).flatMap(({ scripts: named }) => named);
    const here = names.filter((name) => scripts.some((script) => matches(script.name, name)));
    const differs = (name: string) => found.some(({ script, way }) => ways.includes(way) && matches(script, name));
    expect(here.filter((name) => !differs(name))).toEqual([]);
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
