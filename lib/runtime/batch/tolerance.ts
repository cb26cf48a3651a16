import type { FailureTolerance, ItemCounts } from '../../contract/batch';

/** Whether no more items have failed than a batch tolerates. */
export function isTolerated({ failed, total }: ItemCounts, { percentage, count }: FailureTolerance): boolean {
  if (percentage === undefined && count === undefined) {
    return failed === 0;
  }
  return failed * 100 <= (percentage ?? 100) * total && failed <= (count ?? total);
}

/** What is tolerated, in words: `5 %`, `10 items`, `5 % and 10 items`. */
export function toleratedInWords({ percentage, count }: FailureTolerance): string {
  const parts = [
    ...(percentage === undefined ? [] : [`${percentage} %`]),
    ...(count === undefined ? [] : [`${count} ${count === 1 ? 'item' : 'items'}`]),
  ];
  return parts.join(' and ') || '0 items';
}
