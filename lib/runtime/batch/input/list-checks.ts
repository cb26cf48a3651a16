import { createHash } from 'node:crypto';
import { INPUT_LIMITS } from '../../../contract/batch-input';
import type { JsonObject, JsonValue } from '../../../contract/json';
import type { ParameterGrid } from '../../../contract/parameter-grid';
import { invalid, type ListedRow } from './listed-row';

/** What can be said of the rows of a list without looking at the objects. */
export class ListChecks {
  /** The place of each item in the list, by its digest: a million of them take about 100 MB. */
  private readonly places = new Map<string, number>();

  constructor(
    private readonly prefix: string,
    private readonly grid: ParameterGrid,
  ) {}

  /** The same rows; fails at the first that cannot be an item. */
  async *passed(rows: AsyncIterable<ListedRow> | Iterable<ListedRow>): AsyncGenerator<ListedRow> {
    for await (const row of rows) {
      this.check(row);
      yield row;
    }
  }

  private check(row: ListedRow): void {
    const { key, where } = row;
    if (!key.startsWith(this.prefix)) {
      throw invalid(where, `item "${key}" is outside of the prefix "${this.prefix}"`);
    }
    if (key.endsWith('/')) {
      throw invalid(where, `item "${key}" is a folder; name the objects in it`);
    }
    this.checkParameters(row);
    const place = this.places.size + 1;
    if (place > INPUT_LIMITS.listedItems) {
      throw invalid(
        where,
        `a list may have ${INPUT_LIMITS.listedItems} items: split it, or take the items from a prefix`,
      );
    }
    const first = this.places.get(digestOf(row));
    if (first !== undefined) {
      throw invalid(where, `item "${key}" is listed before, as number ${first}, with the same parameters`);
    }
    this.places.set(digestOf(row), place);
  }

  private checkParameters({ parameters = {}, where }: ListedRow): void {
    const varied = Object.keys(parameters).find((name) => Object.hasOwn(this.grid, name));
    if (varied !== undefined) {
      throw invalid(where, `the item has a parameter "${varied}", which the grid varies: leave it out of one of them`);
    }
    const length = JSON.stringify(parameters).length;
    if (length > INPUT_LIMITS.itemParameters) {
      throw invalid(
        where,
        `the item's parameters have ${length} characters as JSON; at most ${INPUT_LIMITS.itemParameters} go along with an item, more belongs into the object`,
      );
    }
  }
}

/** Two rows have the same digest if they are the same item: the same key, and the same parameters in any order. */
function digestOf({ key, parameters = {} }: ListedRow): string {
  const text = JSON.stringify([key, sorted(parameters)]);
  return createHash('sha256').update(text).digest('base64').slice(0, 20);
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const names = Object.keys(value as JsonObject).sort();
  return names.map((name) => [name, sorted((value as JsonObject)[name] ?? null)]);
}
