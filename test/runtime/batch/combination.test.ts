import type { BatchSettings, Plan } from '../../../lib/contract/batch';
import type { ItemResult } from '../../../lib/contract/batch-item';
import { RunLayout } from '../../../lib/contract/layout';
import { filesToCombine } from '../../../lib/runtime/batch/combination';
import { Gatherer } from '../../../lib/runtime/batch/gather';
import { Reporter } from '../../../lib/runtime/batch/report';
import { Planning, SALES } from '../../support/planning';

const COMBINING: BatchSettings = {
  ...SALES,
  combine: {
    script: { name: 'combine.py', language: 'python', parameters: {} },
    itemTimeoutSeconds: 60,
    sessionTimeoutSeconds: 900,
    longItems: false,
    files: [],
  },
};
const TOLERANT: BatchSettings = { ...COMBINING, tolerated: { percentage: 50 } };
const LAYOUT = new RunLayout('Sales', 'run-1');

describe('a script over all results', () => {
  const planning = Planning.forEachTest('incoming/a.csv', 'incoming/b.csv');

  async function putJson(key: string, value: unknown): Promise<void> {
    await planning.store.put(key, JSON.stringify(value), 'application/json');
  }

  /** As if sessions had ended the items of a run so. */
  async function end(plan: Plan, ...statuses: ItemResult['status'][]): Promise<void> {
    const items = await planning.itemsAt(plan.manifestKey);
    for (const [index, status] of statuses.entries()) {
      const files = [{ path: `part-${index}.parquet`, bytes: 4, contentType: 'a/b', key: `k${index}` }];
      const id = items[index]?.id ?? '';
      await putJson(LAYOUT.itemResult(id), { ...items[index], status, durationSeconds: 1, files });
    }
  }

  const gather = (settings: BatchSettings, executionName = 'run-1') =>
    new Gatherer(settings, planning.store, 'run-1', executionName).gather();

  const combined = (status: ItemResult['status'], more: Partial<ItemResult> = {}) =>
    putJson(LAYOUT.combined.itemResult('combined'), { id: 'combined', status, durationSeconds: 3, files: [], ...more });

  test('gets one item: all results', async () => {
    await end(await planning.plan(), 'succeeded', 'succeeded');
    const { combine, combineKey } = await gather(COMBINING);
    expect(combine).toBe(true);
    const { bytes } = (await planning.store.stat('runs/Sales/run-1/results.jsonl')) ?? {};
    expect(await planning.itemsAt(combineKey)).toEqual([
      { id: 'combined', key: 'runs/Sales/run-1/results.jsonl', bytes },
    ]);
  });

  test.each([
    ['no combining script', SALES, ['succeeded', 'succeeded'], false],
    ['more items have failed than are tolerated', COMBINING, ['succeeded', 'failed'], false],
    ['as many as are tolerated', TOLERANT, ['succeeded', 'failed'], true],
    ['all have failed', { ...COMBINING, tolerated: { percentage: 100 } }, ['failed', 'failed'], false],
  ] as const)('is run or not: %s', async (_, settings, statuses, expected) => {
    await end(await planning.plan(), ...statuses);
    expect((await gather(settings)).combine).toBe(expected);
  });

  test('is not run again when nothing else was; what failed, or is of other results, is', async () => {
    await end(await planning.plan(), 'succeeded', 'succeeded');
    await combined('succeeded');
    await planning.plan({ runId: 'run-1' }, {}, 'again');
    expect((await gather(COMBINING, 'again')).combine).toBe(false);
    await combined('failed');
    expect((await gather(COMBINING, 'again')).combine).toBe(true);
    await combined('succeeded');
    expect((await gather(COMBINING, 'run-1')).combine).toBe(true);
    expect(await planning.store.stat(LAYOUT.combined.itemResult('combined'))).toBeUndefined();
  });

  test('fails the run if it fails, under an error of its own', async () => {
    const plan = await planning.plan();
    await end(plan, 'succeeded', 'succeeded');
    expect(await planning.report(COMBINING, plan)).toMatchObject({
      status: 'failed',
      error: 'CombiningFailed',
      message: expect.stringContaining('all 2 items succeeded; combining the results failed: NotProcessed: no session'),
    });
  });

  test('says why no session could run it, and why none could run the items, where a Map Run as a whole has failed', async () => {
    const plan = await planning.plan();
    const mapFailure = { Error: 'States.ItemReaderFailed', Cause: 'access denied' };
    await new Gatherer(COMBINING, planning.store, 'run-1', 'run-1', mapFailure).gather();
    const message = 'States.ItemReaderFailed: access denied; resume the run';
    expect(await planning.itemsAt(LAYOUT.results)).toMatchObject([
      { error: { name: 'NotProcessed', message: `no session could run this item: ${message}` } },
      { error: { name: 'NotProcessed' } },
    ]);
    const request = { action: 'report', plan, combine: true, mapFailure, redriveCount: 0 } as const;
    await new Reporter(COMBINING, planning.store, request).report({ stopped: 0 });
    const summary = await planning.store.findJson<{ combined: ItemResult }>(LAYOUT.summary);
    expect(summary?.combined.error?.message).toBe(`no session could run the combining script: ${message}`);
    expect(summary).toMatchObject({
      mapFailure: 'States.ItemReaderFailed: access denied',
      message: expect.stringContaining('a Map state failed: States.ItemReaderFailed: access denied'),
    });
    expect(await planning.store.text(LAYOUT.report)).toContain('A Map state failed'.slice(2));
  });

  test('is part of the summary, with what it took', async () => {
    const plan = await planning.plan();
    await end(plan, 'succeeded', 'succeeded');
    const without = (await planning.report(SALES, plan)).summaryKey;
    const { cost } = (await planning.store.findJson<{ cost: { cpu: number } }>(without)) ?? {};
    await gather(COMBINING);
    await combined('succeeded', { row: { total: 7 }, cpuSeconds: 3600 });
    await planning.plan({ runId: 'run-1' }, {}, 'again');
    await planning.report(COMBINING, plan, { executionName: 'again' });
    const summary = await planning.store.findJson<{ combined: ItemResult; cost: { cpu: number } }>(LAYOUT.summary);
    expect(summary?.combined).toMatchObject({ status: 'succeeded', row: { total: 7 } });
    // It is of an earlier execution, and so are the items: this one has used nothing.
    expect(summary?.cost.cpu).toBe(0);
    expect(cost?.cpu).toBeGreaterThan(0);
  });

  test('is given the output files that fit its patterns, of items that have succeeded', async () => {
    await end(await planning.plan(), 'succeeded', 'failed');
    await gather(TOLERANT);
    expect(await filesToCombine(planning.store, LAYOUT, ['*.parquet'])).toEqual([
      { path: 'files/000001-a.csv/part-0.parquet', key: 'k0' },
    ]);
    expect(await filesToCombine(planning.store, LAYOUT, ['*.csv'])).toEqual([]);
    expect(await filesToCombine(planning.store, LAYOUT, [])).toEqual([]);
  });

  test('fails for more files than can be fetched', async () => {
    const files = Array.from({ length: 10_001 }, (_, index) => ({ path: `${index}.png`, key: `${index}` }));
    await planning.store.put(LAYOUT.results, `${JSON.stringify({ id: '1', status: 'succeeded', files })}\n`, 'a/b');
    await expect(filesToCombine(planning.store, LAYOUT, ['*.csv', '*.png'])).rejects.toThrow(
      'more than 10000 output files fit "*.csv", "*.png": let each item write fewer, larger files',
    );
  });
});
