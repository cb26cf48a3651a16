/** @needs Python */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnalysisScript } from '../../lib';
import { SCRIPTS, Scratch } from '../support/local-batch';

describe('a batch with a script over all results', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  const combine = (parameters: Record<string, unknown> = {}) => ({
    script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.py'), { parameters }),
    files: ['copy.*'],
  });

  test('runs it once, with the rows, the files and the parameters of the run', async () => {
    scratch.synthesize('count.py', { combine: combine({ currency: 'EUR', unit: 'cent' }), itemsPerSession: 2 });
    const inputs = await scratch.inputs({ 'a.csv': 'one\n', 'b.csv': 'two\n\n', 'c.csv': '' });
    const { outcome, summary, sessionsStarted, sessionsLeft } = await scratch.run([inputs], {
      request: { parameters: { currency: 'USD' } },
    });
    expect(outcome.path.slice(2)).toEqual([
      'Analyse',
      'Gather results',
      'Anything to combine?',
      'Combine',
      'Report',
      'Run succeeded?',
      'Succeeded',
    ]);
    expect(summary?.combined).toMatchObject({
      status: 'succeeded',
      row: {
        items: 3,
        lines: 3,
        parts: ['', 'one\n', 'two\n\n'],
        // The run's own lie above those of the script.
        parameters: { currency: 'USD', unit: 'cent' },
      },
      stdout: { excerpt: 'combined 3\n' },
    });
    expect(await readFile(join(scratch.results, 'combined/files/total.csv'), 'utf8')).toBe('total\n3\n');
    // The items, in two sessions, and the combination in one of its own.
    expect({ sessionsStarted, sessionsLeft }).toEqual({ sessionsStarted: 3, sessionsLeft: 0 });
    expect(summary?.counts.total).toBe(3);
  });

  test('that fails: so does the run, with its traceback in the report', async () => {
    scratch.synthesize('count.py', { combine: combine({ fail: true }) });
    const { outcome, summary } = await scratch.run([await scratch.inputs({ 'a.csv': 'x' })]);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'CombiningFailed' });
    expect(outcome.cause).toContain(
      'the item succeeded; combining the results failed: ScriptFailed: ValueError: told to fail',
    );
    expect(summary?.combined?.error?.detail).toContain('combine.py');
  });

  test('is left out when too many items have failed', async () => {
    scratch.synthesize('count.py', { combine: combine() });
    const { outcome, summary } = await scratch.run([await scratch.inputs({ 'raise.csv': 'x', 'b.csv': 'x' })]);
    expect(outcome.error).toBe('TooManyItemsFailed');
    expect(outcome.path).not.toContain('Combine');
    expect(summary?.combined).toBeUndefined();
  });
});
