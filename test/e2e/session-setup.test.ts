/** @needs Python */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { strToU8, zipSync } from 'fflate';
import { AnalysisScript } from '../../lib';
import { SCRIPTS, Scratch } from '../support/local-batch';

/** A wheel with one module, as a build tool would make it. */
function wheel(): Uint8Array {
  const info = 'greeting-1.0.dist-info';
  return zipSync({
    'greeting.py': strToU8('def hello(name):\n    return "hello " + name\n'),
    [`${info}/METADATA`]: strToU8('Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n'),
    [`${info}/WHEEL`]: strToU8('Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n'),
    [`${info}/RECORD`]: strToU8(''),
  });
}

describe('what is done once in a session', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  /** A folder of a setup, and objects for the staging bucket. */
  async function setUp(
    scripts: Record<string, string> = {},
  ): Promise<{ folder: string; objects: Record<string, string> }> {
    const folder = join(scratch.folder, 'setup');
    await cp(join(SCRIPTS, 'setup'), folder, { recursive: true });
    await writeFile(join(folder, 'greeting-1.0-py3-none-any.whl'), wheel());
    await mkdir(join(scratch.folder, 'reference'));
    await Promise.all(Object.entries(scripts).map(([name, content]) => writeFile(join(folder, name), content)));
    const prices = join(scratch.folder, 'reference/prices.txt');
    await writeFile(prices, 'EUR 7');
    return {
      folder,
      objects: { 'reference/prices.txt': prices, 'tables/deep/more.txt': prices, 'not/for/them.txt': prices },
    };
  }

  test('installs wheels without a network, fetches objects, runs a script: all items find it, in Python', async () => {
    const { folder, objects } = await setUp();
    scratch.synthesize('shared.py', {
      setup: { folder, script: 'setup.py', objects: ['reference/prices.txt', 'tables/'] },
      combine: { script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.py')) },
    });
    const inputs = await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x' });
    const { summary, sessionsStarted } = await scratch.run([inputs], { objects });
    expect(summary?.failures).toEqual([]);
    // One session of the items, and one of the combining script.
    expect(sessionsStarted).toBe(2);
    for (const name of ['a.csv', 'b.csv']) {
      expect((await scratch.itemResults()).get(name)?.row).toEqual({
        hello: `hello ${name}`,
        made: 'hello setup',
        rates: 'rate,1.5',
        object: 'EUR 7',
        nested: 'EUR 7',
        setUps: '',
      });
    }
    expect(summary?.combined).toMatchObject({ status: 'succeeded', row: { items: 2 } });
  });

  test('runs a shell script for an analysis in TypeScript, whose combining script sees it too', async () => {
    const { folder, objects } = await setUp({ 'setup.sh': 'printf "from %s" "$(basename "$PWD")" > from-sh.txt\n' });
    scratch.synthesize('shared.ts', {
      setup: { folder, script: 'setup.sh', objects: ['reference/prices.txt'] },
      combine: { script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.ts')), files: ['part.*'] },
    });
    const inputs = await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x' });
    const { summary } = await scratch.run([inputs], { objects, python: undefined });
    expect(summary?.failures).toEqual([]);
    expect((await scratch.itemResults()).get('b.csv')?.row).toEqual({ fromShell: 'from shared', object: 'EUR 7' });
    expect(summary?.combined?.row).toEqual({ items: 2, parts: ['a.csv', 'b.csv'], shared: 'from shared' });
  });

  test.each([
    ['Python', 'count.py', 'boom.py', 'import sys\nprint("reading")\nsys.exit("no table")\n', 'no table', 1],
    ['TypeScript', 'count.ts', 'boom.sh', 'echo reading\necho "no table" >&2\nexit 4\n', 'no table', 4],
  ])('fails the items if it fails, with what it printed: %s', async (_, script, name, content, last, code) => {
    const { folder } = await setUp({ [name]: content });
    scratch.synthesize(script, { setup: { folder, script: name } });
    const { outcome, summary } = await scratch.run([await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x' })]);
    expect(outcome.error).toBe('TooManyItemsFailed');
    const message = `${name} ended with exit code ${code}: ${last}`;
    expect(summary?.failures).toMatchObject([{ name: 'SetupFailed', message, count: 2 }]);
    expect((await scratch.itemResults()).get('a.csv')?.error?.detail).toContain('reading');
  });

  test.each([
    ['Python', 'count.py', 'slow.py', 'import time\ntime.sleep(60)\n'],
    ['TypeScript', 'count.ts', 'slow.sh', 'sleep 60 & wait\n'],
  ])('is ended when it takes too long: %s', async (_, script, name, content) => {
    const { folder } = await setUp({ [name]: content });
    scratch.synthesize(script, { setup: { folder, script: name, timeout: Duration.seconds(3) } });
    const { summary } = await scratch.run([await scratch.inputs({ 'a.csv': 'x' })]);
    const message = `${name} exceeded the setup timeout and was killed`;
    expect(summary?.failures).toMatchObject([{ name: 'SetupFailed', message }]);
  });
});
