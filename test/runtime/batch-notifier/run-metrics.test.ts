import type { RunSummary } from '../../../lib/contract/batch';
import { runMetrics } from '../../../lib/runtime/batch-events/run-metrics';

test('a run is measured: items by status, duration, cost', () => {
  const summary = {
    batch: 'Sales',
    bucket: 'staging',
    counts: { total: 10, succeeded: 6, failed: 3, skipped: 1 },
    durationSeconds: 238.5,
    cost: { cpu: 0.01, memory: 0.0025, total: 0.0125, pricesAsOf: '2026-11' },
    finishedAt: '2026-11-22T01:04:00.000Z',
  } as RunSummary;
  expect(JSON.parse(runMetrics(summary))).toEqual({
    _aws: {
      Timestamp: Date.parse('2026-11-22T01:04:00.000Z'),
      CloudWatchMetrics: [
        {
          Namespace: 'CdkAgentCoreCodeInterpreter/Batch',
          Dimensions: [['Batch', 'Bucket']],
          Metrics: [
            { Name: 'ItemsSucceeded', Unit: 'Count' },
            { Name: 'ItemsFailed', Unit: 'Count' },
            { Name: 'ItemsSkipped', Unit: 'Count' },
            { Name: 'RunDuration', Unit: 'Seconds' },
            { Name: 'EstimatedCost', Unit: 'None' },
          ],
        },
      ],
    },
    Batch: 'Sales',
    Bucket: 'staging',
    ItemsSucceeded: 6,
    ItemsFailed: 3,
    ItemsSkipped: 1,
    RunDuration: 238.5,
    EstimatedCost: 0.0125,
  });
});
