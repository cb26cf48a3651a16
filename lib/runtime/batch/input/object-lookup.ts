import { mapConcurrently } from '../../concurrency';
import { messageOf } from '../../named-error';
import type { ObjectStore, StoredObject } from '../../staging/object-store';
import { invalid, type ListedRow } from './listed-row';

const ROWS_TOGETHER = 1_000;
const GROUP_CONCURRENCY = 2;
const LOOKUP_CONCURRENCY = 16;
/** A page of the listing that tells of fewer keys is not worth its thousand objects. */
const WORTHWHILE = 16;

/** A row, and the size of its object, in bytes. */
export type FoundRow = ListedRow & StoredObject;

/**
 * Looks up the objects of a list, in its order. Lists are mostly sorted, so their objects lie together: a page of the
 * bucket's listing tells of up to a thousand of them. What it does not tell is looked up alone.
 */
export class ObjectLookup {
  constructor(
    private readonly store: ObjectStore,
    private readonly prefix: string,
  ) {}

  /** Each row with its object; fails at the first without one. */
  async *look(rows: AsyncIterable<ListedRow>): AsyncGenerator<FoundRow> {
    const groups = mapConcurrently(inGroups(rows), GROUP_CONCURRENCY, async (group) => ({
      group,
      sizes: await this.sizesOf(group),
    }));
    for await (const { group, sizes } of groups) {
      for (const row of group) {
        const bytes = sizes.get(row.key);
        if (bytes === undefined) {
          throw invalid(row.where, `item "${row.key}" does not exist in bucket ${this.store.bucket}`);
        }
        yield { ...row, bytes };
      }
    }
  }

  /** The sizes of the objects that exist. */
  private async sizesOf(group: ListedRow[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    let left = [...new Map(group.map((row) => [row.key, row])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    while (left.length >= WORTHWHILE) {
      const page = await this.pageFrom(left);
      const listed = left.filter(({ key }) => page.has(key));
      for (const { key } of listed) {
        sizes.set(key, page.get(key) ?? 0);
      }
      left = left.filter(({ key }) => !sizes.has(key));
      if (listed.length < WORTHWHILE) {
        break;
      }
    }
    for await (const object of mapConcurrently(left, LOOKUP_CONCURRENCY, (row) => this.find(row))) {
      if (object) {
        sizes.set(object.key, object.bytes);
      }
    }
    return sizes;
  }

  /** A page of the listing that begins at, or shortly before, the first row's object. */
  private async pageFrom([first]: ListedRow[]): Promise<Map<string, number>> {
    const page = first ? await this.store.listPage(this.prefix, first.key.slice(0, -1)) : [];
    return new Map(page.map(({ key, bytes }) => [key, bytes]));
  }

  private async find({ key, where }: ListedRow): Promise<StoredObject | undefined> {
    try {
      return await this.store.stat(key);
    } catch (error) {
      throw invalid(where, `looking up item "${key}": ${messageOf(error)}`, error);
    }
  }
}

async function* inGroups(rows: AsyncIterable<ListedRow>): AsyncGenerator<ListedRow[]> {
  let group: ListedRow[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length === ROWS_TOGETHER) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) {
    yield group;
  }
}
