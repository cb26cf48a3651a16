import { BATCH_METRIC_NAMESPACE, BatchDimension, type BatchMetric } from '../../contract/batch-events';

export interface MetricValue {
  readonly name: BatchMetric;
  readonly unit: 'Count' | 'Seconds' | 'None';
  readonly value: number;
}

/**
 * A line of the log that CloudWatch makes metrics of, without a call or a permission.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(batch: string, bucket: string, metrics: MetricValue[], atMs: number): string {
  return JSON.stringify({
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: [
        {
          Namespace: BATCH_METRIC_NAMESPACE,
          Dimensions: [Object.values(BatchDimension)],
          Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        },
      ],
    },
    [BatchDimension.batch]: batch,
    [BatchDimension.bucket]: bucket,
    ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
  });
}

/** Past the console, whose JSON logs would wrap the line in a message, where CloudWatch does not find it. */
export function writeMetrics(line: string): void {
  process.stdout.write(`${line}\n`);
}
