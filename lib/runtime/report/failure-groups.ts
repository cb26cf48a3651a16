import type { FailureGroup } from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';

/** How many items' ids a group names. */
export const GROUP_EXAMPLES = 5;
/** How many causes are distinguished; what comes after goes into one group for each error name. */
export const MAX_GROUPS = 200;
const MAX_MESSAGE_CHARACTERS = 500;

interface OpenGroup {
  readonly name: string;
  readonly pattern: string;
  message: string;
  count: number;
  readonly items: string[];
}

/** Groups failed items by cause: the error's name, and its message without what is particular to the item. */
export class FailureGroups {
  private readonly groups = new Map<string, OpenGroup>();

  add(item: ItemResult): void {
    const name = item.error?.name ?? 'ScriptFailed';
    const message = (item.error?.message ?? 'no message').slice(0, MAX_MESSAGE_CHARACTERS);
    const pattern = messagePattern(message, item);
    const group = this.groups.get(`${name}\n${pattern}`) ?? this.open(name, message, pattern);
    // As long as all messages are the same, that message is clearer than its pattern.
    if (group.message !== message) {
      group.message = group.pattern;
    }
    group.count += 1;
    if (group.items.length < GROUP_EXAMPLES) {
      group.items.push(item.id);
    }
  }

  mostFrequentFirst(): FailureGroup[] {
    return [...this.groups.values()]
      .map(({ name, message, count, items }) => ({ name, message, count, items: [...items] }))
      .sort((a, b) => b.count - a.count || compare(a.name, b.name) || compare(a.message, b.message));
  }

  private open(name: string, message: string, pattern: string): OpenGroup {
    const full = this.groups.size >= MAX_GROUPS;
    const key = `${name}\n${full ? OTHERS : pattern}`;
    const existing = this.groups.get(key);
    if (existing) {
      return existing;
    }
    const texts = full ? { pattern: OTHERS, message: OTHERS } : { pattern, message };
    const group: OpenGroup = { name, ...texts, count: 0, items: [] };
    this.groups.set(key, group);
    return group;
  }
}

const OTHERS = 'other messages';

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * A message without what differs between items of one cause: the item's own names, identifiers, addresses, times and
 * numbers.
 *
 * @example messagePattern('b.csv, line 7: 3 columns', { id: '2', key: 'in/b.csv' }) // '{item}, line N: N columns'
 */
export function messagePattern(message: string, item: Pick<ItemResult, 'id' | 'key'>): string {
  return ownNames(item)
    .reduce((text, name) => text.replaceAll(name, '{item}'), message)
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '{id}')
    .replace(/\b0x[0-9a-f]+\b/gi, '{address}')
    .replace(/\b\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?/g, '{time}')
    .replace(/(?<![A-Za-z0-9])\d+([.,]\d+)*/g, 'N')
    .trim();
}

/** Longest first, so that a file's name is not cut out of its key; short ones would be found inside of words. */
function ownNames(item: Pick<ItemResult, 'id' | 'key'>): string[] {
  const file = item.key.slice(item.key.lastIndexOf('/') + 1);
  const stem = file.includes('.') ? file.slice(0, file.lastIndexOf('.')) : file;
  return [item.key, item.id, file, stem].filter((name) => name.length > 3).sort((a, b) => b.length - a.length);
}
