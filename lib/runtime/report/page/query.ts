import type { ItemStatus } from '../../../contract/batch-item';
import type { Cell } from '../page-data';
import type { Item } from './run';

/** What the table shows, and in which order. */
export interface Query {
  readonly search: string;
  readonly status: ItemStatus | 'all';
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** One of the item's own columns, or a figure by its column's index. */
export type SortKey = 'order' | 'status' | 'name' | 'started' | 'duration' | number;

const STATUS_ORDER: Record<ItemStatus, number> = { failed: 0, succeeded: 1, skipped: 2 };
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The items that fit, sorted. Every word of the search must be somewhere in the item's texts. */
export function select(items: readonly Item[], query: Query): Item[] {
  const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = items.filter(
    (item) =>
      (query.status === 'all' || item.status === query.status) && words.every((word) => haystack(item).includes(word)),
  );
  const value = (item: Item) => sortValue(item, query.sort);
  const direction = query.descending ? -1 : 1;
  return fitting.sort((a, b) => compare(value(a), value(b), direction) || a.index - b.index);
}

const haystacks = new WeakMap<Item, string>();

function haystack(item: Item): string {
  const known = haystacks.get(item);
  if (known !== undefined) {
    return known;
  }
  const texts = item.cells.filter((cell) => typeof cell === 'string');
  const text = [item.key, item.id, item.status, item.error ?? '', ...item.own, ...texts].join('\n').toLowerCase();
  haystacks.set(item, text);
  return text;
}

function sortValue(item: Item, sort: SortKey): Cell | undefined {
  if (typeof sort === 'number') {
    return item.cells[sort];
  }
  if (sort === 'order') {
    return item.index;
  }
  if (sort === 'status') {
    return STATUS_ORDER[item.status];
  }
  return item[sort];
}

/** Numbers before texts; what is missing comes last in either direction. */
function compare(a: Cell | undefined, b: Cell | undefined, direction: number): number {
  const missing = Number(a === undefined || a === null) - Number(b === undefined || b === null);
  if (missing !== 0) {
    return missing;
  }
  if (typeof a === 'number' && typeof b === 'number') {
    return (a - b) * direction;
  }
  if (typeof a === 'number' || typeof b === 'number') {
    return (typeof a === 'number' ? -1 : 1) * direction;
  }
  return collator.compare(String(a ?? ''), String(b ?? '')) * direction;
}

/** Whether a column is one of numbers: right-aligned, and largest first when it is sorted for the first time. */
export function isNumeric(items: readonly Item[], column: number): boolean {
  const cells = items.map((item) => item.cells[column] ?? null).filter((cell) => cell !== null);
  return cells.length > 0 && cells.every((cell) => typeof cell === 'number');
}

/** Smallest and largest, without spreading ten thousand arguments. */
export function extremes(values: Iterable<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return [low, high];
}

export function numbersOf(items: readonly Item[], column: number): number[] {
  return items.map((item) => item.cells[column]).filter((cell) => typeof cell === 'number');
}

export function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? low;
  return low + (high - low) * (position - Math.floor(position));
}

/** Round bounds of about so many bins of equal width that hold all values up to the largest, from zero. */
export function bins(largest: number, count: number): { width: number; count: number } {
  if (largest <= 0) {
    return { width: 1, count: 1 };
  }
  const raw = largest / count;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const width = ([1, 2, 2.5, 5, 10].find((step) => step * magnitude >= raw * 0.999) ?? 10) * magnitude;
  return { width, count: Math.max(1, Math.ceil((largest * 0.999_999) / width)) };
}
