import type { BatchItem } from '../../contract/batch-item';

/** Inputs up to this size travel in the request itself; larger ones go from S3 into the session directly. */
export const INLINE_INPUT_BYTES = 8_000_000;
/** How much one request carries; base64 makes it a third more, of the 100 MB that the service takes. */
const GROUP_BYTES = 32_000_000;
const GROUP_ITEMS = 25;

/** Whether an item's input travels in the request. */
export function isInline(item: BatchItem): boolean {
  return item.bytes <= INLINE_INPUT_BYTES;
}

/**
 * Cuts items into groups that share their round trips: one write, one execution, one read. An item during which an
 * earlier session died is a group of its own, so that it cannot take others along again.
 */
export function* groupsOf(items: readonly BatchItem[], suspects: ReadonlySet<string>): Generator<BatchItem[]> {
  let group: BatchItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = isInline(item) ? item.bytes : 0;
    const alone = suspects.has(item.id);
    if (group.length > 0 && (alone || bytes + size > GROUP_BYTES || group.length === GROUP_ITEMS)) {
      yield group;
      group = [];
      bytes = 0;
    }
    if (alone) {
      yield [item];
    } else {
      group.push(item);
      bytes += size;
    }
  }
  if (group.length > 0) {
    yield group;
  }
}
