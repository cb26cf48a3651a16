import type { RunSummary } from '../../contract/batch';
import { BatchMetric } from '../../contract/batch-events';
import { embeddedMetrics } from './embedded-metrics';

/** What a run's report says, as metrics. */
export function runMetrics({ batch, bucket, counts, durationSeconds, cost, finishedAt }: RunSummary): string {
  return embeddedMetrics(
    batch,
    bucket,
    [
      { name: BatchMetric.itemsSucceeded, unit: 'Count', value: counts.succeeded },
      { name: BatchMetric.itemsFailed, unit: 'Count', value: counts.failed },
      { name: BatchMetric.itemsSkipped, unit: 'Count', value: counts.skipped },
      { name: BatchMetric.runDuration, unit: 'Seconds', value: durationSeconds },
      { name: BatchMetric.estimatedCost, unit: 'None', value: cost.total },
    ],
    Date.parse(finishedAt),
  );
}
