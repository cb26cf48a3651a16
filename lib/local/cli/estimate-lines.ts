import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { estimateOnAws, measure } from '../runner/aws-estimate';
import { AWS_PRICES } from '../runner/aws-prices';
import type { LocalRunResult } from '../runner/local-run';
import { counted, dollars, roughly } from './figures';

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
    `  On AWS (an estimate): ${all === 1 ? '' : 'all '}${counted(all, 'item')} in about ${roughly(estimate.seconds)}, ${counted(sessions, 'session')} at once, for about ${dollars(estimate.total)}:`,
    `    sessions' CPU ${dollars(sessionCpu)} and memory ${dollars(sessionMemory)}, Lambda ${dollars(lambda)}, Step Functions ${dollars(stepFunctions)}, S3 requests ${dollars(s3)}`,
    `    (list prices of ${PRICES.asOf} for sessions, ${AWS_PRICES.asOf} for the rest; how it is worked out: docs/local.md)`,
  ];
}
