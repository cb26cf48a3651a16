import { cannotParse } from './errors';

/** One page of a list: after the item that the token names, at most so many. */
export function nextPage<T>(
  all: readonly T[],
  { maxResults, nextToken, keyOf }: { maxResults: number; nextToken: string | undefined; keyOf: (item: T) => string },
): { items: T[]; nextToken?: string } {
  const start = nextToken === undefined ? 0 : positionAfter(all, nextToken, keyOf);
  const items = all.slice(start, start + maxResults);
  const last = items.at(-1);
  const more = start + maxResults < all.length && last !== undefined;
  return more ? { items, nextToken: Buffer.from(keyOf(last)).toString('base64url') } : { items };
}

function positionAfter<T>(all: readonly T[], nextToken: string, keyOf: (item: T) => string): number {
  const key = Buffer.from(nextToken, 'base64url').toString('utf8');
  const position = all.findIndex((item) => keyOf(item) === key);
  if (position < 0) {
    throw cannotParse('invalid nextToken: it is not from this list, or its item is gone');
  }
  return position + 1;
}
