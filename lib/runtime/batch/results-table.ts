import type { ItemResult } from '../../contract/batch-item';
import type { JsonValue } from '../../contract/json';
import type { Output } from '../staging/object-store';
import { EXACT, type TableStyle } from './table-style';

/** What is known of every item, whatever its script does. */
const FIXED: readonly [name: string, cell: (result: ItemResult) => JsonValue | undefined][] = [
  ['id', ({ id }) => id],
  ['key', ({ key }) => key],
  ['status', ({ status }) => status],
  ['durationSeconds', ({ durationSeconds }) => durationSeconds],
  ['errorName', ({ error }) => error?.name],
  ['errorMessage', ({ error }) => error?.message],
];

/** Columns for parameters and rows together; what comes later is in `results.jsonl` only. */
export const MAX_COLUMNS = 1_000;

/**
 * The results of a run as a table: `results.csv`. Told of all results twice, once to learn the columns and once to write
 * the lines: it holds the columns' names and nothing else.
 *
 * A line of the file is an item, always: line breaks in a cell become spaces, since what reads tables by the line (Athena)
 * does not know of quotes. Apart from that, cells are not touched, also where a spreadsheet would take them for a formula:
 * `-1` and `=a` must come out as they went in. For spreadsheets, there is a table of another style.
 */
export class ResultsTable {
  private readonly parameters = new Map<string, string>();
  private readonly row = new Map<string, string>();
  private readonly taken = new Set(FIXED.map(([name]) => name));

  /** Learns the columns of a result, in the order of their first appearance. */
  learn({ parameters, row }: ItemResult): void {
    this.add(this.parameters, Object.keys(parameters ?? {}), 'parameter');
    this.add(this.row, Object.keys(row ?? {}), 'row');
  }

  /** Writes the table; the results are those that were learnt from. */
  async write(results: AsyncIterable<ItemResult>, out: Output, style: TableStyle = EXACT): Promise<void> {
    const lineOf = (values: (JsonValue | undefined)[]) => record(values.map((value) => style.cell(textOf(value))));
    await out(style.start);
    await out(lineOf([...FIXED.map(([name]) => name), ...this.parameters.values(), ...this.row.values()]));
    for await (const result of results) {
      await out(
        lineOf([
          ...FIXED.map(([, cell]) => cell(result)),
          ...cells(this.parameters, result.parameters),
          ...cells(this.row, result.row),
        ]),
      );
    }
  }

  /** A row's column is called as in the row, unless another is called so; a parameter's after what it is. */
  private add(columns: Map<string, string>, names: string[], kind: 'parameter' | 'row'): void {
    for (const name of names) {
      if (columns.has(name) || this.parameters.size + this.row.size >= MAX_COLUMNS) {
        continue;
      }
      let column = kind === 'row' ? name : `parameter_${name}`;
      while (this.taken.has(column)) {
        column = `${kind}_${column}`;
      }
      this.taken.add(column);
      columns.set(name, column);
    }
  }
}

function cells(columns: Map<string, string>, values: ItemResult['row'] = {}): (JsonValue | undefined)[] {
  return [...columns.keys()].map((name) => (Object.hasOwn(values, name) ? values[name] : undefined));
}

/** A record of RFC 4180. */
function record(cells: string[]): string {
  const quoted = cells.map((text) => (/[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  return `${quoted.join(',')}\r\n`;
}

/** Empty for nothing, text as it is, anything else as JSON. */
function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) {
    return '';
  }
  return (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\r\n|\r|\n/g, ' ');
}
