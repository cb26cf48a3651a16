/** @needs Python */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Scratch } from '../support/local-batch';

/** An item that may take 20 minutes goes the long way, however long it takes in the end: only the waits are shortened. */
describe.each([
  ['Python', 'count.py'],
  ['TypeScript', 'count.ts'],
])('long items in %s run in the background, polled by the workflow', (_, script) => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
    scratch.synthesize(script, {
      itemTimeout: Duration.minutes(20),
      itemsPerSession: 3,
      toleratedFailurePercentage: 50,
    });
  });

  afterEach(() => scratch.remove());

  test('one after the other, each with its result, and the session is stopped', async () => {
    const files = { 'a.csv': 'x\n', 'raise.csv': 'x\n', 'z.csv': 'x\nx\n' };
    const { outcome, summary, sessionsStarted, sessionsLeft } = await scratch.run([await scratch.inputs(files)], {
      timeScale: 0.02,
    });
    expect(summary?.failures).toMatchObject([{ count: 1, items: ['000002-raise.csv'] }]);
    expect(outcome.status).toBe('SUCCEEDED');
    expect(summary?.counts).toEqual({ total: 3, succeeded: 2, failed: 1, skipped: 0 });
    expect((await scratch.itemResults()).get('z.csv')).toMatchObject({ status: 'succeeded', row: { lines: 2 } });
    expect({ sessionsStarted, sessionsLeft }).toEqual({ sessionsStarted: 1, sessionsLeft: 0 });
  });

  test('one that overruns its timeout is ended, and reported as timed out', async () => {
    await shortenItemTimeout(scratch, 3);
    const { summary, sessionsLeft } = await scratch.run([await scratch.inputs({ 'hang.csv': 'x', 'z.csv': 'x' })], {
      timeScale: 0.05,
    });
    expect(summary?.counts).toMatchObject({ succeeded: 1, failed: 1 });
    expect((await scratch.itemResults()).get('hang.csv')?.error).toEqual({
      name: 'TimedOut',
      message: 'exceeded its 3 s timeout and was killed',
    });
    expect(sessionsLeft).toBe(0);
  });
});

/** In the synthesized template: what a test cannot wait for is made short, and stays in the background. */
async function shortenItemTimeout(scratch: Scratch, seconds: number): Promise<void> {
  const path = join(scratch.assembly, 'Test.template.json');
  const template = await readFile(path, 'utf8');
  const shortened = template.replaceAll(/(\\"itemTimeoutSeconds\\":)1200/g, `$1${seconds}`);
  expect(shortened).not.toBe(template);
  await writeFile(path, shortened);
}
