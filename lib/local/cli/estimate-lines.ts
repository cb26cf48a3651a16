import { AWS_PRICES } from '../../contract/aws-prices';
import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { formatUsd, plural } from '../../runtime/report/format';
import { estimateOnAws, measure } from '../runner/aws-estimate';
import type { LocalRunResult } from '../runner/local-run';
import { approximateDuration } from './format';

/** What all items would cost on AWS, and how long they would take, judging by those that ran here. */
export function estimateLines({ items, shape, summary }: LocalRunResult, results: readonly ItemResult[]): string[] {
  const measured = measure(results, shape.longItems);
  if (!items || !measured) {
    return [];
  }
  const all = items.of ?? items.planned;
  const estimate = estimateOnAws(all, measured, shape);
  // Of a run that was whole, the report has this estimate already: it counts the combining script, too.
  const isWhole = summary?.counts.total === all && summary.counts.skipped === 0;
  const { cpu, memory, lambda, stepFunctions, s3, total } = isWhole ? summary.cost : estimate.cost;
  const sessions = Math.min(shape.maxConcurrency, Math.ceil(all / shape.itemsPerSession));
  return [
    `  On AWS (an estimate): ${all === 1 ? '' : 'all '}${plural(all, 'item')} in about ${approximateDuration(estimate.seconds)}, ${plural(sessions, 'session')} at once, for about ${formatUsd(total)}:`,
    `    sessions' CPU ${formatUsd(cpu)} and memory ${formatUsd(memory)}, Lambda ${formatUsd(lambda)}, Step Functions ${formatUsd(stepFunctions)}, S3 requests ${formatUsd(s3)}`,
    `    (list prices of ${PRICES.asOf} for sessions, ${AWS_PRICES.asOf} for the rest; how it is worked out: docs/local.md)`,
  ];
}
