/** @needs Python */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { AnalysisInput } from '../../lib';
import type { BatchRequest } from '../../lib/contract/batch';
import { hostNamespace } from '../support/hostile-code';
import { Scratch } from '../support/local-batch';
import { describeWith } from '../support/requirements';

/** Enough for scripts that do next to nothing, also on a machine that is busy. */
const SHORT_TIMEOUT = Duration.seconds(5);

/**
 * The whole way: a stack is synthesized, and its state machine, its bundled handlers and its interpreter are executed
 * against the emulator and a local S3.
 */
describe('a batch, from the constructs to the report', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  test('accounts for every item, whatever its script does, and leaves no session', async () => {
    scratch.synthesize('count.py', {
      toleratedFailurePercentage: 60,
      itemsPerSession: 4,
      maxConcurrency: 2,
      itemTimeout: SHORT_TIMEOUT,
    });
    const csv = 'a,b\n1,2\n';
    const inputs = await scratch.inputs({
      'fine.csv': csv,
      'empty.csv': '',
      'raise.csv': csv,
      'exit.csv': csv,
      'hang.csv': csv,
      'chatty.csv': csv,
      'häß lich; (1).csv': csv,
    });
    const { outcome, summary, sessionsLeft } = await scratch.run([inputs]);

    expect(outcome.status).toBe('SUCCEEDED');
    expect(summary?.counts).toEqual({ total: 7, succeeded: 4, failed: 3, skipped: 0 });
    expect(sessionsLeft).toBe(0);
    const results = await scratch.itemResults();
    expect([...results.keys()].sort()).toEqual([
      'chatty.csv',
      'empty.csv',
      'exit.csv',
      'fine.csv',
      'hang.csv',
      'häß lich; (1).csv',
      'raise.csv',
    ]);
    expect(results.get('raise.csv')?.error).toEqual({
      name: 'ScriptFailed',
      message: 'ValueError: cannot make sense of raise.csv',
      detail: expect.stringMatching(/^Traceback .*\n {2}File "count\.py", line \d+, in <module>\n/),
    });
    expect(results.get('exit.csv')).toMatchObject({ exitCode: 3, error: { message: 'exit code 3' } });
    expect(results.get('hang.csv')?.error).toEqual({
      name: 'TimedOut',
      message: 'exceeded its 5 s timeout and was killed',
    });
    expect(results.get('empty.csv')).toMatchObject({ status: 'succeeded', row: { lines: 0 } });
    expect(results.get('häß lich; (1).csv')?.row).toEqual({ lines: 2, parameters: {} });
  });

  test('an item sees its own files and nothing of the others', async () => {
    scratch.synthesize('count.py');
    await scratch.run([await scratch.inputs({ 'a.csv': '1', 'b.csv': '2', 'c.csv': '3' })]);
    const results = await scratch.itemResults();
    expect(results.get('b.csv')?.stdout?.excerpt).toBe(
      'b.csv has 1 bytes; around it: b.csv, item.json, output, 000002-b.csv\n',
    );
  });

  test('what comes back is what was written: files, figures, rows and long output', async () => {
    scratch.synthesize('count.py');
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    await scratch.run([await scratch.inputs({ 'bytes.bin': bytes, 'figures.csv': 'x', 'chatty.csv': 'x' })]);
    const results = await scratch.itemResults();
    expect(await readFile(join(scratch.results, 'items/000001-bytes.bin/files/copy.bin'))).toEqual(bytes);
    expect(results.get('figures.csv')?.files.map(({ path }) => path)).toEqual([
      'copy.bin',
      'figure-1.png',
      'figure-2.png',
      'result.json',
    ]);
    const { stdout } = results.get('chatty.csv') ?? {};
    expect(stdout?.bytes).toBeGreaterThan(5_000_000);
    expect(stdout?.excerpt.length).toBeLessThan(8_200);
    const whole = await readFile(join(scratch.results, 'items/000002-chatty.csv/stdout.txt'), 'utf8');
    expect(whole).toHaveLength(stdout?.bytes ?? 0);
  });

  test('large inputs and outputs go between S3 and the session directly', async () => {
    scratch.synthesize('count.py');
    const large = Buffer.alloc(20_000_000, 'line\n');
    const { outcome } = await scratch.run([await scratch.inputs({ 'large.bin': large, 'small.bin': 'x' })]);
    expect(outcome).toMatchObject({ status: 'SUCCEEDED' });
    const copy = await readFile(join(scratch.results, 'items/000001-large.bin/files/copy.bin'));
    expect(copy.equals(large)).toBe(true);
  });

  test('fails the execution, but keeps every result, when more items fail than are tolerated', async () => {
    scratch.synthesize('count.py', { toleratedFailurePercentage: 49 });
    const { outcome, summary } = await scratch.run([await scratch.inputs({ 'fine.csv': 'x', 'raise.csv': 'x' })]);
    expect(outcome).toMatchObject({
      status: 'FAILED',
      error: 'TooManyItemsFailed',
      cause: '1 of 2 items failed, more than the tolerated 49 %',
    });
    expect(summary?.counts).toEqual({ total: 2, succeeded: 1, failed: 1, skipped: 0 });
    expect(await readFile(join(scratch.results, 'report.html'), 'utf8')).toContain('cannot make sense of raise.csv');
  });

  test("parameters: the execution's are laid over the script's", async () => {
    scratch.synthesize('count.py');
    await scratch.run([await scratch.inputs({ 'a.csv': 'x' })], { request: { parameters: { currency: 'EUR — €' } } });
    expect((await scratch.itemResults()).get('a.csv')?.row?.parameters).toEqual({ currency: 'EUR — €' });
  });

  test('a TypeScript analysis, in Deno', async () => {
    scratch.synthesize('count.ts', { toleratedFailurePercentage: 75, itemTimeout: SHORT_TIMEOUT });
    const files = { 'fine.csv': 'a\nb\n', 'raise.csv': 'x', 'exit.csv': 'x', 'hang.csv': 'x' };
    const { outcome, summary } = await scratch.run([await scratch.inputs(files)], { python: undefined });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(summary?.counts).toMatchObject({ succeeded: 1, failed: 3 });
    const results = await scratch.itemResults();
    expect(results.get('fine.csv')).toMatchObject({ row: { lines: 2 }, stdout: { excerpt: 'fine.csv has 4 bytes\n' } });
    expect(results.get('raise.csv')?.error?.message).toBe('TypeError: cannot make sense of raise.csv');
    expect(results.get('exit.csv')).toMatchObject({ exitCode: 3 });
    expect(results.get('hang.csv')?.error?.name).toBe('TimedOut');
  });

  test('of a TypeScript analysis, too, what it takes is measured, and what is late is ended with all that it started', async () => {
    scratch.synthesize('count.ts', { toleratedFailureCount: 1, itemTimeout: SHORT_TIMEOUT });
    const files = { 'a-fine.csv': 'x', 'busy.csv': 'x', 'family.csv': 'x', 'orphans.csv': 'x' };
    const { summary } = await scratch.run([await scratch.inputs(files)], { python: undefined });
    expect(summary?.failures).toMatchObject([{ name: 'TimedOut', items: ['000003-family.csv'] }]);
    const { cpuSeconds = 0, peakMemoryBytes = 0 } = (await scratch.itemResults()).get('busy.csv') ?? {};
    expect(cpuSeconds).toBeGreaterThan(0.1);
    expect(peakMemoryBytes).toBeGreaterThan(10_000_000);
  });

  test('runs the definition that was synthesized: a state that is renamed there is met here', async () => {
    scratch.synthesize('count.py');
    const path = join(scratch.assembly, 'Test.template.json');
    const template = await readFile(path, 'utf8');
    await writeFile(path, template.replaceAll('\\"Report\\"', '\\"Bericht\\"'));
    const { outcome } = await scratch.run([await scratch.inputs({ 'a.csv': 'x' })]);
    expect(outcome.path).toEqual([
      'Plan',
      'Anything to do?',
      'Analyse',
      'Gather results',
      'Bericht',
      'Run succeeded?',
      'Succeeded',
    ]);
  });
});

describe('a batch with input that cannot work ends in its first state', () => {
  let scratch: Scratch;

  beforeAll(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('count.py', { input: AnalysisInput.fromPrefix('incoming/', { suffixes: ['.csv'] }) });
  });

  afterAll(() => scratch.remove());

  test.each([
    [
      'nothing below the prefix',
      {},
      'InvalidInput',
      'there is no object ending in .csv under incoming/: put the items there',
    ],
    [
      'a prefix that does not exist',
      { prefix: 'incoming/2031/' },
      'InvalidInput',
      'under incoming/2031/: put the items there',
    ],
    [
      'a prefix of someone else',
      { prefix: 'secret/' },
      'InvalidRequest',
      'prefix: "secret/" is outside of this batch\'s prefix "incoming/"',
    ],
    [
      'an item that does not exist',
      { items: ['incoming/no.csv'] },
      'InvalidInput',
      'item "incoming/no.csv" does not exist',
    ],
    ['an item of someone else', { items: ['secret/a.csv'] }, 'InvalidRequest', 'items.0: "secret/a.csv" is outside'],
    ['a run that does not exist', { runId: 'never' }, 'InvalidInput', 'cannot resume run "never"'],
    ['a field that does not exist', { prefx: 'incoming/' }, 'InvalidRequest', 'Unrecognized key: "prefx"'],
  ])('%s', async (_, request, error, cause) => {
    const { outcome, sessionsStarted, summary } = await scratch.run([await scratch.inputs({})], {
      request: request as BatchRequest,
    });
    expect(outcome).toMatchObject({ status: 'FAILED', error, path: ['Plan'] });
    expect(outcome.cause).toContain(cause);
    expect(sessionsStarted).toBe(0);
    expect(summary).toBeUndefined();
  });
});

describeWith('bubblewrap', 'a batch whose script kills', () => {
  let scratch: Scratch;
  /** What the script asks for before it kills. */
  const options = { isolation: 'require', request: { parameters: { hostPidNamespace: hostNamespace() } } } as const;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  test('fails the item that ends the process which runs the items, and goes on with the next', async () => {
    scratch.synthesize('count.py', { toleratedFailurePercentage: 50 });
    const { outcome } = await scratch.run([await scratch.inputs({ 'die.csv': 'x', 'fine.csv': 'x' })], options);
    expect(outcome.status).toBe('SUCCEEDED');
    const results = await scratch.itemResults();
    expect(results.get('die.csv')?.error?.message).toBe('the script ended the process that runs the items');
    expect(results.get('fine.csv')?.status).toBe('succeeded');
  });

  test('a session that dies is replaced, and costs only the item that kills it again and again', async () => {
    scratch.synthesize('count.py', { toleratedFailurePercentage: 50, itemsPerSession: 4 });
    const files = { 'a.csv': 'x', 'murder.csv': 'x', 'y.csv': 'x', 'z.csv': 'x' };
    const { outcome, summary, sessionsLeft, sessionsStarted } = await scratch.run(
      [await scratch.inputs(files)],
      options,
    );
    expect(outcome.status).toBe('SUCCEEDED');
    expect(summary?.counts).toEqual({ total: 4, succeeded: 3, failed: 1, skipped: 0 });
    expect((await scratch.itemResults()).get('murder.csv')?.error?.name).toBe('SessionDied');
    // One dies with the culprit and the rest, two with the culprit alone, and the last one does the rest.
    expect(sessionsStarted).toBe(4);
    expect(sessionsLeft).toBe(0);
  });
});

describe('a script that would kill', () => {
  test('refuses where there is no sandbox', async () => {
    const scratch = await Scratch.make();
    scratch.synthesize('count.py', { toleratedFailurePercentage: 100 });
    await scratch.run([await scratch.inputs({ 'die.csv': 'x', 'murder.csv': 'x' })], {
      isolation: 'off',
      request: { parameters: { hostPidNamespace: hostNamespace() } },
    });
    const messages = [...(await scratch.itemResults()).values()].map(({ error }) => error?.message);
    expect(messages).toEqual([
      'RuntimeError: refused: die.csv runs only in a sandbox',
      'RuntimeError: refused: murder.csv runs only in a sandbox',
    ]);
    await scratch.remove();
  });
});
