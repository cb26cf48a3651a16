import type { BatchItem } from '../../contract/batch-item';

/** Inputs up to this size travel in the request itself; larger ones go from S3 into the session directly. */
export const INLINE_INPUT_BYTES = 8_000_000;
/** How much one request carries; base64 makes it a third more, of the 100 MB that the service takes. */
const GROUP_BYTES = 32_000_000;
export const MAX_GROUP_ITEMS = 25;
/** One write, one execution, one read. */
export const GROUP_ROUND_TRIPS = 3;
/** How long a group should take: long against its round trips, short enough that results come as they are made. */
export const GROUP_SECONDS = 10;

/** Whether an item's input travels in the request. */
export function isInline(item: BatchItem): boolean {
  return item.bytes <= INLINE_INPUT_BYTES;
}

/**
 * The items that share the next round trips: one write, one execution, one read. An item during which an earlier session
 * died is a group of its own, so that it cannot take others along again.
 *
 * @param secondsPerItem how long items have taken so far; unknown at first, so that the first item goes alone
 */
export function nextGroup(
  items: readonly BatchItem[],
  suspects: ReadonlySet<string>,
  secondsPerItem: number | undefined,
): BatchItem[] {
  const maxItems =
    secondsPerItem === undefined ? 1 : Math.min(MAX_GROUP_ITEMS, Math.floor(GROUP_SECONDS / secondsPerItem));
  const group: BatchItem[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = isInline(item) ? item.bytes : 0;
    const hasRoom = group.length < maxItems && bytes + size <= GROUP_BYTES && !suspects.has(item.id);
    if (group.length > 0 && !hasRoom) {
      break;
    }
    group.push(item);
    bytes += size;
    if (suspects.has(item.id)) {
      break;
    }
  }
  return group;
}
