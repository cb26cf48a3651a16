import type { Plan } from '../../../lib/contract/batch';
import type { ItemResult } from '../../../lib/contract/batch-item';
import type { LatestRun } from '../../../lib/contract/latest-run';
import { Planning, SALES } from '../../support/planning';

describe('reporting a run', () => {
  const planning = Planning.forEachTest('incoming/a.csv', 'incoming/b.csv');

  /** As if a session had done the first item, and nobody the second. */
  async function run(runId: string): Promise<Plan> {
    const plan = await planning.plan({}, { grid: { n: [7] } }, runId);
    const [item] = await planning.itemsAt(plan.manifestKey);
    const result: Partial<ItemResult> = {
      ...item,
      status: 'succeeded',
      startedAt: plan.startedAt,
      durationSeconds: 2,
      row: { lines: 3 },
      files: [],
    };
    await planning.store.put(
      `runs/Sales/${runId}/items/${item?.id}/result.json`,
      JSON.stringify(result),
      'application/json',
    );
    return plan;
  }

  test('gathers the results as JSON Lines and as a table', async () => {
    await planning.report(SALES, await run('run-1'));
    expect(await planning.itemsAt('runs/Sales/run-1/results.jsonl')).toMatchObject([
      { key: 'incoming/a.csv', status: 'succeeded', parameters: { n: 7 }, row: { lines: 3 } },
      { key: 'incoming/b.csv', status: 'failed', parameters: { n: 7 }, error: { name: 'NotProcessed' } },
    ]);
    expect(await planning.store.text('runs/Sales/run-1/results.csv')).toBe(
      [
        'id,key,status,durationSeconds,errorName,errorMessage,parameter_n,lines',
        '000001-a.csv-n-7,incoming/a.csv,succeeded,2,,,7,3',
        '000002-b.csv-n-7,incoming/b.csv,failed,0,NotProcessed,"no session came to this item: its sessions could not be started, or were lost; resume the run",7,',
        '',
      ].join('\r\n'),
    );
  });

  test('sends to the child execution, where not even giving up could say what became of an item', async () => {
    const plan = await run('run-1');
    const [, second] = await planning.itemsAt(plan.manifestKey);
    const child = (arn: string, StopDate: string) => ({
      ...{ ExecutionArn: arn, Name: 'child', Status: 'FAILED', StopDate },
      ...{
        Error: 'SessionsLost',
        Cause: 'Runtime.ExitError',
        Input: JSON.stringify({ Items: [second], BatchInput: {} }),
      },
    });
    const mapRun = (id: string, ...children: object[]) =>
      planning.store.put(`runs/Sales/run-1/map/${id}/FAILED_0.json`, JSON.stringify(children), 'application/json');
    await mapRun('b', child('arn:first', '2026-11-25T10:00:00.000Z'), { Status: 'FAILED', Input: 'cut {' });
    await mapRun('a', child('arn:last', '2026-11-25T11:00:00.000Z'));
    await planning.report(SALES, plan);
    const message =
      'its child execution failed (SessionsLost: Runtime.ExitError) and could not say what became of this item: see arn:last; resume the run';
    expect(await planning.itemsAt('runs/Sales/run-1/results.jsonl')).toMatchObject([
      { status: 'succeeded' },
      { status: 'failed', error: { name: 'NotProcessed', message } },
    ]);
    const { failures } = JSON.parse(await planning.store.text('runs/Sales/run-1/summary.json'));
    expect(failures).toMatchObject([{ name: 'NotProcessed', count: 1, message: expect.stringContaining('arn:last') }]);
    expect(await planning.store.text('runs/Sales/run-1/report.html')).toContain('arn:last');
  });

  test('points to the run that has finished last, succeeded or not, when all of it is there', async () => {
    const first = await run('run-1');
    const second = await run('run-2');
    expect(await planning.store.stat('runs/Sales/latest.json')).toBeUndefined();
    await planning.report(SALES, second);
    expect(await latest()).toMatchObject({ runId: 'run-2' });
    await planning.report(SALES, first);
    expect(await latest()).toEqual({
      version: 1,
      batch: 'Sales',
      runId: 'run-1',
      status: 'failed',
      startedAt: first.startedAt,
      finishedAt: expect.stringMatching(/Z$/),
      counts: { total: 2, succeeded: 1, failed: 1, skipped: 0 },
      summaryKey: 'runs/Sales/run-1/summary.json',
      resultsKey: 'runs/Sales/run-1/results.jsonl',
      tableKey: 'runs/Sales/run-1/results.csv',
      reportKey: 'runs/Sales/run-1/report.html',
    });
  });

  test('says with what the execution fails', async () => {
    expect(await planning.report(SALES, await run('run-1'), { redriveCount: 2 })).toMatchObject({
      status: 'failed',
      error: 'TooManyItemsFailed',
      message: '1 of 2 items failed, more than the tolerated 0 items',
      redriveCount: 2,
    });
    expect(await planning.report({ ...SALES, tolerated: { percentage: 50 } }, await run('run-2'))).toMatchObject({
      status: 'succeeded',
      error: '',
      message: '1 of 2 items failed, within the tolerated 50 %',
    });
  });

  test('sends queries to the results of each run, and of the one that has finished last', async () => {
    const first = await run('run-1');
    await planning.report(SALES, await run('run-2'));
    await planning.report(SALES, first);
    const { bucket } = planning.store;
    const at = (key: string) => planning.store.text(`runs/Sales/${key}`);
    expect(await at('run-1/athena/results.symlink.txt')).toBe(`s3://${bucket}/runs/Sales/run-1/results.jsonl`);
    expect(await at('run-2/athena/results.symlink.txt')).toBe(`s3://${bucket}/runs/Sales/run-2/results.jsonl`);
    expect(await at('latest.athena/results.symlink.txt')).toBe(`s3://${bucket}/runs/Sales/run-1/results.jsonl`);
  });

  async function latest(): Promise<LatestRun | undefined> {
    const found = await planning.store.findJson<LatestRun>('runs/Sales/latest.json');
    for (const key of found ? [found.summaryKey, found.resultsKey, found.tableKey, found.reportKey] : []) {
      expect(await planning.store.stat(key)).toBeDefined();
    }
    return found;
  }
});
