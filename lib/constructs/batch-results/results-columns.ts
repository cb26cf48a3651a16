import type { ItemResult } from '../../contract/batch-item';
import type { ColumnType } from './column-type';

/**
 * The type of a column for a type of the contract, as Hive writes it. What may hold any JSON is a string with that JSON;
 * an object is a struct, with its fields' types.
 */
type ColumnOf<T> = T extends string
  ? 'string'
  : T extends number
    ? 'int' | 'bigint' | 'double'
    : T extends readonly (infer Element)[]
      ? readonly [ColumnOf<Element>]
      : string extends keyof T
        ? 'string'
        : ColumnsOf<T>;

type ColumnsOf<T> = { readonly [Name in keyof T]-?: ColumnOf<NonNullable<T[Name]>> };

const TEXT = { bytes: 'bigint', excerpt: 'string', key: 'string' } as const;

/** A line of `results.jsonl` as a table has it: every key of the contract, or this does not compile. */
const RESULT: ColumnsOf<ItemResult> = {
  id: 'string',
  key: 'string',
  bytes: 'bigint',
  status: 'string',
  parameters: 'string',
  startedAt: 'string',
  durationSeconds: 'double',
  cpuSeconds: 'double',
  peakMemoryBytes: 'bigint',
  sessionId: 'string',
  exitCode: 'int',
  error: { name: 'string', message: 'string', detail: 'string' },
  warnings: [{ code: 'string', message: 'string' }],
  row: 'string',
  files: [{ path: 'string', bytes: 'bigint', contentType: 'string', key: 'string' }],
  stdout: TEXT,
  stderr: TEXT,
};

/** A column of the table. */
export interface ResultColumn {
  readonly name: string;
  /** As Hive writes it. */
  readonly type: string;
}

/** The columns of the results, in lower case as the catalog wants them, and the keys that they are of. */
export class ResultColumns {
  readonly columns: ResultColumn[];
  /** The keys as they are in the file, by their names in lower case. */
  readonly keys = new Map<string, string>();
  /** Two keys that are one in lower case, if there are any: the engine knows one key for a name, wherever it stands. */
  conflict?: readonly [string, string];

  /** @param row the columns of the script's rows, by name; without them, a row is a string */
  constructor(row: ReadonlyMap<string, ColumnType> = new Map()) {
    const columns = Object.entries(RESULT).map(([key, type]) => ({ name: this.nameOf(key), type: this.typeOf(type) }));
    const rowType = row.size > 0 ? this.structOf(row) : RESULT.row;
    this.columns = columns.map((column) => (column.name === 'row' ? { ...column, type: rowType } : column));
  }

  private structOf(row: ReadonlyMap<string, ColumnType>): string {
    const fields = [...row].map(([key, { type, fields }]) => {
      const name = this.nameOf(key);
      for (const field of fields) {
        this.nameOf(field);
      }
      return `${name}:${type}`;
    });
    return `struct<${fields.join(',')}>`;
  }

  private typeOf(column: unknown): string {
    if (typeof column === 'string') {
      return column;
    }
    if (Array.isArray(column)) {
      return `array<${this.typeOf(column[0])}>`;
    }
    const fields = Object.entries(column as object).map(([key, type]) => `${this.nameOf(key)}:${this.typeOf(type)}`);
    return `struct<${fields.join(',')}>`;
  }

  private nameOf(key: string): string {
    const name = key.toLowerCase();
    const known = this.keys.get(name);
    if (known !== undefined && known !== key) {
      this.conflict ??= [known, key];
    }
    this.keys.set(name, known ?? key);
    return name;
  }
}
