import { pipeline, Readable } from 'node:stream';
import { CsvError, type Options, parse } from 'csv-parse';
import { INPUT_LIMITS } from '../../../contract/batch-input';
import type { JsonObject } from '../../../contract/json';
import { invalid, type ListedRow } from './listed-row';
import { utf8Text } from './utf8-text';

/** A record of a CSV file, and the line that it begins on. */
export interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
}

/** The records of a CSV file (RFC 4180, UTF-8), one by one. Empty lines are none. */
export async function* csvRecords(body: Readable, file: string): AsyncGenerator<CsvRecord> {
  const options: Options = {
    info: true,
    skip_empty_lines: true,
    // The number of fields is checked where the columns are known.
    relax_column_count: true,
    max_record_size: INPUT_LIMITS.jsonManifestBytes,
  };
  const parser = parse(options);
  // An error of the body becomes one of the parser, which is what is read from.
  pipeline(Readable.from(utf8Text(body, file)), parser, () => {});
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { fields: record, line: Math.max(line, info.lines - lineBreaksIn(record)) };
      line = info.lines + 1;
    }
  } catch (error) {
    if (error instanceof CsvError) {
      throw invalid(`${file}, line ${error.lines ?? line}`, `this is not CSV: ${error.message}`, error);
    }
    throw error;
  }
}

/**
 * The items of a table with a column `key`. The other columns are parameters, as strings: a table does not say what is a
 * number. An empty cell sets nothing.
 */
export async function* csvRows(body: Readable, file: string): AsyncGenerator<ListedRow> {
  let columns: string[] | undefined;
  for await (const { fields, line } of csvRecords(body, file)) {
    const where = `${file}, line ${line}`;
    if (columns === undefined) {
      columns = checkedColumns(fields, where);
    } else {
      yield rowOf(columns, fields, where);
    }
  }
}

function checkedColumns(columns: string[], where: string): string[] {
  const repeated = columns.find((column, index) => columns.indexOf(column) !== index);
  if (!columns.includes('key')) {
    throw invalid(
      where,
      `the first line must name the columns, separated by commas, one of them "key"; got ${JSON.stringify(columns)}`,
    );
  }
  if (repeated !== undefined || columns.includes('')) {
    throw invalid(where, `each column needs a name of its own; got ${JSON.stringify(columns)}`);
  }
  return columns;
}

function rowOf(columns: string[], fields: string[], where: string): ListedRow {
  if (fields.length !== columns.length) {
    throw invalid(
      where,
      `a line must have ${columns.length} fields, as the first has; got ${fields.length}: ${JSON.stringify(fields)}`,
    );
  }
  const cells = columns.map((column, index) => [column, fields[index] ?? ''] as const);
  const parameters: JsonObject = Object.fromEntries(cells.filter(([column, cell]) => column !== 'key' && cell !== ''));
  const key = fields[columns.indexOf('key')] ?? '';
  if (key === '') {
    throw invalid(where, 'the key is empty');
  }
  return { key, where, ...(Object.keys(parameters).length > 0 ? { parameters } : {}) };
}

/** A record that spans lines is known by its first, but counted at its last. */
function lineBreaksIn(fields: string[]): number {
  return fields.reduce((sum, field) => sum + (field.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
}
