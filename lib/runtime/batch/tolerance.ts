import type { ItemCounts } from '../../contract/batch';

/** Whether no more items have failed than a batch tolerates. */
export function isTolerated(counts: ItemCounts, percentage: number): boolean {
  return counts.failed * 100 <= percentage * counts.total;
}
