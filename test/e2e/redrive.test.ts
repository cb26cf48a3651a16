/** @needs Python */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnalysisScript } from '../../lib';
import { SCRIPTS, Scratch } from '../support/local-batch';

describe('a run that has failed', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  test('and is redriven, as Step Functions does it, runs again what has not succeeded, and only that', async () => {
    scratch.synthesize('needs-header.py');
    const ended: string[] = [];
    const { outcome, summary, sessionsLeft } = await scratch.run(
      [await scratch.inputs({ 'a.csv': 'header\n1\n', 'b.csv': '1\n', 'c.csv': 'header\n' })],
      {
        progress: { itemEnded: ({ key, status }) => ended.push(`${key} ${status}`) },
        redrive: async (failed, bucket) => {
          expect(failed).toMatchObject({ error: 'TooManyItemsFailed', last: { state: 'Run failed' } });
          // Somebody mends the input, and presses the button.
          await bucket.put('incoming/b.csv', 'header\n1\n', 'text/csv');
          return true;
        },
      },
    );
    expect(outcome.status).toBe('SUCCEEDED');
    expect(outcome.path.slice(0, 3)).toEqual(['Run failed', 'Plan', 'Anything to do?']);
    expect(summary?.counts).toEqual({ total: 3, succeeded: 1, failed: 0, skipped: 2 });
    expect(ended.sort()).toEqual([
      'incoming/a.csv succeeded',
      'incoming/b.csv failed',
      'incoming/b.csv succeeded',
      'incoming/c.csv succeeded',
    ]);
    expect(sessionsLeft).toBe(0);
  });

  test('and is redriven without a change, fails again', async () => {
    scratch.synthesize('count.py');
    const { outcome, summary } = await scratch.run([await scratch.inputs({ 'raise.csv': 'x', 'b.csv': 'x' })], {
      redrive: async () => true,
    });
    expect(outcome.error).toBe('TooManyItemsFailed');
    expect(summary?.counts).toEqual({ total: 2, succeeded: 0, failed: 1, skipped: 1 });
  });

  test('in its combining script, does that again, and no item', async () => {
    scratch.synthesize('count.py', {
      combine: { script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.py'), { parameters: { fail: true } }) },
    });
    const started: string[] = [];
    const { outcome, sessionsStarted } = await scratch.run([await scratch.inputs({ 'a.csv': 'x' })], {
      progress: { itemEnded: ({ id }) => started.push(id) },
      redrive: async () => true,
    });
    expect(outcome.error).toBe('CombiningFailed');
    expect(outcome.path).toEqual(expect.arrayContaining(['Anything to do?', 'Combine']));
    expect(outcome.path).not.toContain('Analyse');
    expect(started).toEqual(['000001-a.csv']);
    expect(sessionsStarted).toBe(3);
  });
});

test('what no session can do, because something else is wrong, is said in the results', async () => {
  const scratch = await Scratch.make();
  try {
    scratch.synthesize('count.py');
    const path = join(scratch.assembly, 'Test.template.json');
    const template = await readFile(path, 'utf8');
    // As if the script had been deleted from the bucket of the assets.
    await writeFile(path, template.replaceAll(/"SCRIPT_KEY": "/g, '"SCRIPT_KEY": "gone-'));
    const { outcome, summary, sessionsStarted, sessionsLeft } = await scratch.run([
      await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x' }),
    ]);
    expect(outcome.error).toBe('TooManyItemsFailed');
    expect(summary?.failures).toMatchObject([{ name: 'NotProcessed', count: 2 }]);
    expect(summary?.failures[0]?.message).toMatch(/^no session could run this item: NoSuchKey: .*; resume the run$/);
    expect({ sessionsStarted, sessionsLeft }).toEqual({ sessionsStarted: 3, sessionsLeft: 0 });
  } finally {
    await scratch.remove();
  }
});
