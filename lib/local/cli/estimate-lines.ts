import { AWS_PRICES } from '../../contract/aws-prices';
import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { formatUsd, plural } from '../../runtime/report/format';
import { estimateOnAws, measure } from '../runner/aws-estimate';
import type { LocalRunResult } from '../runner/local-run';
import { approximateDuration } from './format';

/** What all items would cost on AWS, and how long they would take, judging by those that ran here. */
export function estimateLines({ items, shape }: LocalRunResult, results: readonly ItemResult[]): string[] {
  const measured = measure(results);
  if (!items || !measured) {
    return [];
  }
  const all = items.of ?? items.planned;
  const estimate = estimateOnAws(all, measured, shape);
  const { sessionCpu, sessionMemory, lambda, stepFunctions, s3 } = estimate;
  const sessions = Math.min(shape.maxConcurrency, Math.ceil(all / shape.itemsPerSession));
  return [
    `  On AWS (an estimate): ${all === 1 ? '' : 'all '}${plural(all, 'item')} in about ${approximateDuration(estimate.seconds)}, ${plural(sessions, 'session')} at once, for about ${formatUsd(estimate.total)}:`,
    `    sessions' CPU ${formatUsd(sessionCpu)} and memory ${formatUsd(sessionMemory)}, Lambda ${formatUsd(lambda)}, Step Functions ${formatUsd(stepFunctions)}, S3 requests ${formatUsd(s3)}`,
    `    (list prices of ${PRICES.asOf} for sessions, ${AWS_PRICES.asOf} for the rest; how it is worked out: docs/local.md)`,
  ];
}
