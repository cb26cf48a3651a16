// biome-ignore-all lint/style/noExcessiveLinesPerFile: the script of a batch is one file.
/**
 * Explores one table and reports what is in it: the analysis of analysis.py for where there is no Python.
 *
 * Reads the item's input (CSV, TSV or JSON), prints its shape, types, missing values, distributions, outliers,
 * correlations and most frequent values, draws charts as SVG, and writes the key figures to result.json, which become
 * the item's row in the results.
 *
 * Runs in Deno without packages and without network. Parameters: outlierFactor, how many interquartile ranges beyond
 * the quartiles a value is an outlier (default 1.5).
 */
declare const Deno: {
  readFileSync(path: string): Uint8Array;
  readTextFileSync(path: string): string;
  writeTextFileSync(path: string, text: string): void;
};

type Value = string | number | boolean | null;
type Kind = 'number' | 'date' | 'year' | 'text';
interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly values: readonly Value[];
  /** Dates in milliseconds since 1970; NaN where there is no number. */
  readonly numbers: readonly number[];
}
interface Table {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** How the file was understood, in words. */
  readonly format: string;
}

const FORMATS = 'a CSV, TSV or JSON table';
const MISSING = new Set(['', 'NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'null', 'NULL', 'None', '<NA>']);
// Numbers that only name things: averages and correlations of them mean nothing.
const LABEL_NAME = /(^|[_ ])(id|index|fips|zip|code|phone)$/i;
const YEAR_NAME = /(^|[ _])year$/i;
const DATE_TEXT =
  /^(\d{4}[-/]\d{1,2}([-/]\d{1,2})?([ T]\d.*)?|\d{1,2}[-/]\d{1,2}[-/]\d{2,4}( .*)?|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2}[- ][A-Z][a-z]{2}[- ]\d{2,4})$/;

/** The input holds no table; the message names the file and what was expected. */
class NotATable extends Error {
  override readonly name = 'NotATable';
}

// --- reading ---------------------------------------------------------------------------------------------------------

function readTable(file: string): Table {
  const bytes = Deno.readFileSync(file);
  if (bytes.subarray(0, 4096).includes(0) || bytes[0] === 0x89) {
    throw new NotATable(`${file} is a binary file, not a table: expected ${FORMATS}`);
  }
  const text = decode(bytes);
  if (text.trim() === '') {
    throw new NotATable(`${file} is empty: expected ${FORMATS}`);
  }
  const { records, format } = file.toLowerCase().endsWith('.json') ? readJson(file, text) : readDelimited(file, text);
  if (records.length === 0) {
    throw new NotATable(`${file} has a header but no rows: expected ${FORMATS}`);
  }
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const columns = names.map((name) =>
    columnOf(
      name,
      records.map((record) => record[name] ?? null),
    ),
  );
  return { rows: records.length, columns: columns.filter(({ values }) => values.some(present)), format };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

interface Records {
  readonly records: readonly Record<string, Value>[];
  readonly format: string;
}

function readDelimited(file: string, text: string): Records {
  const first = text.trimStart().split('\n', 1)[0] ?? '';
  const uses = (character: string) => first.split(character).length;
  const delimiter = [',', '\t', ';', '|'].reduce((best, each) => (uses(each) > uses(best) ? each : best));
  const [header = [], ...lines] = parseDelimited(text, delimiter);
  const odd = lines.findIndex((line) => line.length !== header.length);
  if (lines.filter((line) => line.length !== header.length).length > 0.1 * lines.length) {
    const where = `row ${odd + 2} has ${lines[odd]?.length} fields where the first has ${header.length}`;
    throw new NotATable(`${file} is no table: ${where}; expected ${FORMATS}`);
  }
  if (header.length === 1 && average(lines.map(([field = '']) => field.split(/\s+/).length)) > 6) {
    throw new NotATable(`${file} reads like prose, not like a table with columns: expected ${FORMATS}`);
  }
  const records = lines.map((line) => Object.fromEntries(header.map((name, index) => [name, fieldValue(line[index])])));
  return { records, format: delimiter === '\t' ? 'TSV' : 'CSV' };
}

function fieldValue(field = ''): Value {
  const text = field.trim();
  return MISSING.has(text) ? null : text;
}

/** Fields may be quoted, and then hold delimiters, line breaks and doubled quotes. Empty lines are left out. */
function parseDelimited(text: string, delimiter: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let field = '';
  let quoted = false;
  const endLine = () => {
    line.push(field);
    if (line.length > 1 || field !== '') {
      lines.push(line);
    }
    line = [];
    field = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted) {
      if (character !== '"') {
        field += character;
      } else if (text[at + 1] === '"') {
        field += text[++at];
      } else {
        quoted = false;
      }
    } else if (character === '"' && field === '') {
      quoted = true;
    } else if (character === delimiter) {
      line.push(field);
      field = '';
    } else if (character === '\n') {
      endLine();
    } else if (character !== '\r') {
      field += character;
    }
  }
  if (field !== '' || line.length > 0) {
    endLine();
  }
  return lines;
}

function readJson(file: string, text: string): Records {
  const data = parseJson(file, text);
  if (Array.isArray(data)) {
    return { records: recordsOf(file, data), format: 'JSON records' };
  }
  if (!isObject(data)) {
    throw new NotATable(`${file} holds a single JSON value: expected a list of records`);
  }
  if (data.type === 'Topology') {
    throw new NotATable(`${file} is a TopoJSON map, not a table: expected ${FORMATS}`);
  }
  if (data.type === 'FeatureCollection' && Array.isArray(data.features)) {
    return {
      records: recordsOf(
        file,
        data.features.map(({ properties }) => properties ?? {}),
      ),
      format: 'GeoJSON properties',
    };
  }
  const lists = Object.entries(data).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  const [longest] = [...lists].sort((a, b) => b[1].length - a[1].length);
  if (!longest) {
    const parts = Object.keys(data).slice(0, 5).join(', ');
    throw new NotATable(`${file} is one JSON object (${parts}), not a table: expected a list of records`);
  }
  if (lists.length > 1 && lists.every(([, list]) => list.length === longest[1].length && !list.some(isObject))) {
    const rows = longest[1].map((_, row) => Object.fromEntries(lists.map(([name, list]) => [name, list[row]])));
    return { records: recordsOf(file, rows), format: 'JSON columns' };
  }
  return { records: recordsOf(file, longest[1]), format: `JSON, the list “${longest[0]}”` };
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotATable(`${file} is no valid JSON: ${(error as Error).message}; expected ${FORMATS}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordsOf(file: string, values: readonly unknown[]): Record<string, Value>[] {
  if (values.length === 0) {
    throw new NotATable(`${file} is an empty list: expected a list of records`);
  }
  return values.map((value) => {
    if (isObject(value)) {
      return flatten(value);
    }
    if (Array.isArray(value)) {
      return flatten(Object.fromEntries(value.map((each, index) => [`column ${index + 1}`, each])));
    }
    return flatten({ value });
  });
}

/** Nested objects become columns such as `address.city`; lists stay together as text. */
function flatten(record: Record<string, unknown>, prefix = ''): Record<string, Value> {
  const entries = Object.entries(record).flatMap(([name, value]): [string, Value][] => {
    if (isObject(value)) {
      return Object.entries(flatten(value, `${prefix}${name}.`));
    }
    if (Array.isArray(value)) {
      return [[prefix + name, JSON.stringify(value)]];
    }
    return [[prefix + name, value === '' ? null : (value as Value)]];
  });
  return Object.fromEntries(entries);
}

function present(value: Value): boolean {
  return value !== null;
}

/** Gives a column its natural type, by at least 95 % of its values. */
function columnOf(name: string, values: readonly Value[]): Column {
  const there = values.filter(present);
  const share = (fits: (value: Value) => boolean) =>
    there.length > 0 && there.filter(fits).length >= 0.95 * there.length;
  const isDate = (value: Value) => typeof value === 'string' && DATE_TEXT.test(value) && !Number.isNaN(dateOf(value));
  if (share(isDate)) {
    return {
      name,
      kind: 'date',
      values,
      numbers: values.map((value) => (isDate(value) ? dateOf(String(value)) : Number.NaN)),
    };
  }
  const numbers = values.map((value) => (value === null || typeof value === 'boolean' ? Number.NaN : Number(value)));
  const text = LABEL_NAME.test(name) || !share((value) => typeof value !== 'boolean' && !Number.isNaN(Number(value)));
  if (text) {
    return { name, kind: 'text', values, numbers: [] };
  }
  const years = YEAR_NAME.test(name) && numbers.every((year) => Number.isNaN(year) || (year >= 1000 && year <= 2200));
  return { name, kind: years ? 'year' : 'number', values, numbers };
}

/** In UTC, whatever the machine's time zone, unless the text names one. */
function dateOf(text: string): number {
  if (/^\d{4}-\d\d(-\d\d)?$|T.*(Z|[+-]\d\d:?\d\d)$/.test(text)) {
    return Date.parse(text);
  }
  return Date.parse(/^\d{4}-\d\d-\d\dT/.test(text) ? `${text}Z` : `${text} UTC`);
}

// --- figures ---------------------------------------------------------------------------------------------------------

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function sortedNumbers(column: Column): number[] {
  return column.numbers.filter(Number.isFinite).sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  return low + ((sorted[Math.ceil(position)] ?? low) - low) * (position - Math.floor(position));
}

interface Distribution {
  readonly column: Column;
  readonly sorted: readonly number[];
  readonly median: number;
  readonly below: number;
  readonly above: number;
  readonly outliers: number;
}

function distributionOf(column: Column, outlierFactor: number): Distribution {
  const sorted = sortedNumbers(column);
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(sorted, share)) as [number, number, number];
  const below = low - outlierFactor * (high - low);
  const above = high + outlierFactor * (high - low);
  // Where more than half of a column is one value the range is zero, and everything else would be an outlier.
  const outliers = high > low ? sorted.filter((value) => value < below || value > above).length : 0;
  return { column, sorted, median, below, above, outliers };
}

/** Pearson's, of the rows where both are there; NaN for fewer than ten of them or a column that does not vary. */
function correlation(a: Column, b: Column): number {
  const rows = a.numbers
    .map((x, row) => [x, b.numbers[row] ?? Number.NaN] as const)
    .filter((pair) => pair.every(Number.isFinite));
  if (rows.length < 10) {
    return Number.NaN;
  }
  const [meanA, meanB] = [average(rows.map(([x]) => x)), average(rows.map(([, y]) => y))];
  const sum = (of: (x: number, y: number) => number) =>
    rows.reduce((total, [x, y]) => total + of(x - meanA, y - meanB), 0);
  const spread = Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
  return spread > 0 ? sum((x, y) => x * y) / spread : Number.NaN;
}

interface Pair {
  readonly a: Column;
  readonly b: Column;
  readonly r: number;
}

function strongestPairs(columns: readonly Column[]): Pair[] {
  const pairs = columns.flatMap((a, index) => columns.slice(index + 1).map((b) => ({ a, b, r: correlation(a, b) })));
  return pairs.filter(({ r }) => !Number.isNaN(r)).sort((x, y) => Math.abs(y.r) - Math.abs(x.r));
}

function frequencies(column: Column): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of column.values) {
    if (value !== null) {
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** What was computed of a table. */
interface Profile {
  readonly table: Table;
  readonly numbers: readonly Column[];
  readonly distributions: readonly Distribution[];
  readonly pairs: readonly Pair[];
  readonly missing: readonly number[];
  readonly time?: Column;
  /** Texts of which some values are frequent enough to be counted. */
  readonly categories: readonly { readonly column: Column; readonly counts: [string, number][] }[];
}

function profileOf(table: Table, outlierFactor: number): Profile {
  const numbers = table.columns.filter(({ kind }) => kind === 'number');
  const counted = table.columns
    .filter(({ kind }) => kind === 'text')
    .map((column) => ({ column, counts: frequencies(column) }));
  return {
    table,
    numbers,
    distributions: numbers.map((column) => distributionOf(column, outlierFactor)),
    pairs: strongestPairs(numbers),
    missing: table.columns.map(({ values }) => values.filter((value) => value === null).length),
    time: table.columns.find(({ kind }) => kind === 'date' || kind === 'year'),
    categories: counted.filter(({ counts }) => counts.length > 1 && counts.length <= Math.max(12, table.rows / 2)),
  };
}

function keyFigures({ table, numbers, distributions, pairs, missing, time }: Profile): Record<string, Value> {
  const rows = Array.from({ length: table.rows }, (_, row) =>
    JSON.stringify(table.columns.map(({ values }) => values[row])),
  );
  const times = time ? sortedNumbers(time) : [];
  const day = (value: number | undefined) =>
    value === undefined ? null : time?.kind === 'year' ? String(value) : isoDay(value);
  const [strongest] = pairs;
  return {
    rows: table.rows,
    columns: table.columns.length,
    numeric_columns: numbers.length,
    missing_percent: Number(((100 * sumOf(missing)) / (table.rows * table.columns.length)).toFixed(2)),
    outliers: sumOf(distributions.map(({ outliers }) => outliers)),
    strongest_correlation: strongest ? Number(strongest.r.toFixed(3)) : null,
    correlated_columns: strongest ? `${strongest.a.name} / ${strongest.b.name}` : null,
    duplicate_rows: table.rows - new Set(rows).size,
    first_time: day(times[0]),
    last_time: day(times.at(-1)),
    format: table.format,
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function isoDay(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

// --- printing --------------------------------------------------------------------------------------------------------

function print(title: string, heads: readonly string[], lines: readonly (readonly (string | number)[])[]): void {
  const cells = [
    heads,
    ...lines.map((line) => line.map((value) => (typeof value === 'number' ? figure(value) : value))),
  ];
  const widths = heads.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  console.log(`\n${title}\n${'-'.repeat(title.length)}`);
  for (const line of cells) {
    console.log(
      line
        .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join('  '),
    );
  }
}

function figure(value: number): string {
  if (Number.isNaN(value)) {
    return '–';
  }
  if (Number.isInteger(value) || Math.abs(value) >= 10_000) {
    return Math.round(value).toLocaleString('en-US');
  }
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}

function short(text: string, width = 22): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

function printProfile(profile: Profile, file: string): void {
  const { table, distributions, pairs, missing, categories, time } = profile;
  console.log(`${file}: ${figure(table.rows)} rows, ${table.columns.length} columns (${table.format})`);
  const share = (count: number) =>
    count === 0 ? '0' : `${figure(count)} (${((100 * count) / table.rows).toFixed(1)}%)`;
  const types = table.columns.map((column, index) => [
    column.name,
    column.kind,
    share(missing[index] ?? 0),
    new Set(column.values.filter(present)).size,
    short(String(column.values.find(present)), 32),
  ]);
  print('Columns', ['', 'type', 'missing', 'distinct', 'for example'], types);
  const shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
  const quantiles = distributions.map(({ column, sorted }) => [
    column.name,
    sorted.length,
    average(sorted),
    ...shares.map((each) => quantile(sorted, each)),
  ]);
  if (quantiles.length > 0) {
    print('Distributions', ['', 'count', 'mean', 'min', '5%', '25%', '50%', '75%', '95%', 'max'], quantiles);
  }
  const outlying = distributions.filter(({ outliers }) => outliers > 0);
  const bounds = outlying.map(({ column, below, above, outliers }) => [
    column.name,
    below,
    above,
    outliers,
    (100 * outliers) / table.rows,
  ]);
  if (bounds.length > 0) {
    print('Outliers (beyond the interquartile range)', ['', 'below', 'above', 'outliers', '% of rows'], bounds);
  }
  const strongest = pairs.slice(0, 8).map(({ a, b, r }) => [`${a.name} / ${b.name}`, r]);
  if (strongest.length > 0) {
    print('Strongest correlations', ['', 'r'], strongest);
  }
  for (const { column, counts } of categories.slice(0, 6)) {
    const top = counts.slice(0, 5).map(([value, count]) => [short(value, 40), count, (100 * count) / table.rows]);
    print(`${column.name}: most frequent of ${figure(counts.length)}`, ['', 'rows', '%'], top);
  }
  const { first_time: first, last_time: last } = keyFigures(profile);
  if (time) {
    console.log(`\n${time.name}: from ${first} to ${last}`);
  }
}

// --- charts ----------------------------------------------------------------------------------------------------------

const BLUE = '#3b6ea5';
const RED = '#c8553d';
const GREY = '#6b7280';
const PALE = '#e8eaed';

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function label(x: number, y: number, text: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeXml(text)}</text>`;
}

function bar(x: number, y: number, width: number, height: number, color: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${color}"/>`;
}

function chart(title: string, width: number, height: number, content: string): string {
  const box = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const heading = label(14, 24, title, 'font-size="15" font-weight="bold" fill="#1b1f24"');
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} font-family="sans-serif" font-size="11" fill="${GREY}"><rect width="100%" height="100%" fill="white"/>${heading}${content}</svg>\n`;
}

/** 1,500 as 1.5K. */
function compact(value: number): string {
  return value.toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
}

/** A histogram of each of the first numeric columns, with its median. */
function drawDistributions({ distributions }: Profile): [number, number, string] | undefined {
  const shown = distributions.filter(({ sorted }) => (sorted[0] ?? 0) < (sorted.at(-1) ?? 0)).slice(0, 6);
  if (shown.length === 0) {
    return undefined;
  }
  const panels = shown.map((each, index) => {
    const [x, y] = [20 + (index % 3) * 260, 62 + Math.floor(index / 3) * 190];
    return `<g transform="translate(${x} ${y})">${histogram(each)}</g>`;
  });
  return [40 + Math.min(3, shown.length) * 260, 60 + Math.ceil(shown.length / 3) * 190, panels.join('')];
}

function histogram({ column, sorted, median }: Distribution): string {
  const [width, height] = [230, 120];
  const [least = 0, most = 1] = [sorted[0], sorted.at(-1)];
  const counts: number[] = new Array(Math.min(40, Math.max(8, Math.floor(Math.sqrt(sorted.length))))).fill(0);
  for (const value of sorted) {
    const bin = Math.min(counts.length - 1, Math.floor(((value - least) / (most - least)) * counts.length));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const highest = Math.max(...counts);
  const step = width / counts.length;
  const bars = counts.map((count, bin) => {
    const size = (count / highest) * height;
    return bar(bin * step + 0.3, height - size, step - 0.6, size, BLUE);
  });
  const middle = ((median - least) / (most - least)) * width;
  return [
    label(0, -8, `${short(column.name)}   median ${figure(median)}`, 'fill="#1b1f24"'),
    ...bars,
    bar(middle - 0.6, 0, 1.2, height, RED),
    bar(0, height, width, 1, '#c4cad1'),
    label(0, height + 15, compact(least)),
    label(width, height + 15, compact(most), 'text-anchor="end"'),
  ].join('');
}

/** A heat map of up to ten numeric columns. */
function drawCorrelations({ numbers }: Profile): [number, number, string] | undefined {
  const shown = numbers.filter((column) => new Set(column.numbers).size > 1).slice(0, 10);
  if (shown.length < 2) {
    return undefined;
  }
  const size = 56;
  const [left, top] = [160, 50];
  const cells = shown.flatMap((a, row) =>
    shown.map((b, column) => {
      const r = row === column ? 1 : correlation(a, b);
      const [x, y] = [left + column * size, top + row * size];
      const ink = Math.abs(r) > 0.6 ? 'white' : '#1b1f24';
      return (
        bar(x, y, size - 2, size - 2, shade(r)) +
        label(x + size / 2 - 1, y + size / 2 + 3, figure(Number(r.toFixed(2))), `text-anchor="middle" fill="${ink}"`)
      );
    }),
  );
  const bottom = top + shown.length * size;
  const names = shown.map(({ name }, index) => {
    const [x, y] = [left + (index + 0.5) * size, bottom + 12];
    const beside = label(left - 8, top + (index + 0.55) * size, short(name), 'text-anchor="end"');
    return beside + label(x, y, short(name), `text-anchor="end" transform="rotate(-30 ${x} ${y})"`);
  });
  return [left + shown.length * size + 30, bottom + 90, cells.join('') + names.join('')];
}

/** From blue for -1 over white to red for 1. */
function shade(r: number): string {
  if (Number.isNaN(r)) {
    return PALE;
  }
  const [red, green, blue] = r < 0 ? [59, 110, 165] : [200, 85, 61];
  const mix = (part: number) => Math.round(255 + (part - 255) * Math.abs(r));
  return `rgb(${mix(red)} ${mix(green)} ${mix(blue)})`;
}

/** The mean of up to three numeric columns by time, in at most 120 steps. */
function drawOverTime({ time, numbers }: Profile): [number, number, string] | undefined {
  const times = time ? sortedNumbers(time) : [];
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const shown = numbers.filter((column) => new Set(column.numbers).size > 1).slice(0, 3);
  if (!time || shown.length === 0 || new Set(times).size < 4) {
    return undefined;
  }
  const steps = Math.min(120, new Set(times).size - 1);
  const name = (value: number) => (time.kind === 'year' ? String(value) : isoDay(value));
  const panels = shown.map((column, index) => {
    const sums = Array.from({ length: steps + 1 }, () => ({ sum: 0, count: 0 }));
    for (const [row, value] of column.numbers.entries()) {
      const bin = sums[Math.round((((time.numbers[row] ?? Number.NaN) - first) / (last - first)) * steps)];
      if (bin && Number.isFinite(value)) {
        bin.sum += value;
        bin.count += 1;
      }
    }
    const means = sums.map(({ sum, count }) => (count > 0 ? sum / count : Number.NaN));
    return `<g transform="translate(60 ${62 + index * 160})">${line(means, `mean ${column.name}`)}${label(0, 125, name(first))}${label(680, 125, name(last), 'text-anchor="end"')}</g>`;
  });
  return [780, 60 + shown.length * 160, panels.join('')];
}

function line(values: readonly number[], title: string): string {
  const [width, height] = [680, 105];
  const there = values.filter(Number.isFinite);
  const [least, most] = [Math.min(...there), Math.max(...there)];
  const y = (value: number) => height - ((value - least) / (most - least || 1)) * height;
  const points = values.flatMap((value, index) =>
    Number.isFinite(value) ? `${((index / (values.length - 1)) * width).toFixed(1)},${y(value).toFixed(1)}` : [],
  );
  return [
    label(0, -8, title, 'fill="#1b1f24"'),
    bar(0, 0, width, 1, PALE),
    bar(0, height, width, 1, '#c4cad1'),
    `<polyline points="${points.join(' ')}" fill="none" stroke="${BLUE}" stroke-width="1.5" stroke-linejoin="round"/>`,
    label(-6, 4, compact(most), 'text-anchor="end"'),
    label(-6, height + 2, compact(least), 'text-anchor="end"'),
  ].join('');
}

/** The most frequent values of up to three columns. */
function drawCategories({ categories }: Profile): [number, number, string] | undefined {
  const shown = categories.slice(0, 3);
  if (shown.length === 0) {
    return undefined;
  }
  const panels = shown.map(({ column, counts }, index) => {
    const title = label(0, -8, `${short(column.name)}: ${figure(counts.length)} values`, 'fill="#1b1f24"');
    return `<g transform="translate(${20 + index * 320} 62)">${title}${bars(counts.slice(0, 8))}</g>`;
  });
  return [40 + shown.length * 320, 270, panels.join('')];
}

function bars(counts: readonly (readonly [string, number])[], unit = ''): string {
  const most = Math.max(...counts.map(([, count]) => count), 1);
  const rows = counts.map(([name, count], row) => {
    const width = (count / most) * 110;
    return (
      label(130, row * 24 + 17, short(name, 20), 'text-anchor="end"') +
      bar(138, row * 24 + 4, width, 18, BLUE) +
      label(144 + width, row * 24 + 17, figure(count) + unit)
    );
  });
  return rows.join('');
}

/** How much of each column is there. */
function drawCompleteness({ table, missing }: Profile): [number, number, string] {
  const shares = table.columns.map(({ name }, index): [string, number] => [
    name,
    Number((100 - (100 * (missing[index] ?? 0)) / table.rows).toFixed(1)),
  ]);
  const shown = shares.sort((a, b) => a[1] - b[1]).slice(0, 15);
  return [340, 80 + shown.length * 24, `<g transform="translate(20 50)">${bars(shown, '%')}</g>`];
}

/** Draws those charts that fit the table; one without numbers or categories gets its completeness. */
function drawCharts(profile: Profile, file: string, output: string): void {
  const charts = [
    ['distributions', drawDistributions(profile)],
    ['correlations', drawCorrelations(profile)],
    ['over time', drawOverTime(profile)],
    ['categories', drawCategories(profile)],
  ] as const;
  const fitting = charts.filter(([, drawn]) => drawn !== undefined);
  const complete = fitting.length >= 2 && sumOf(profile.missing) === 0;
  const drawn = complete ? fitting : [...fitting, ['completeness', drawCompleteness(profile)] as const];
  for (const [index, [title, [width, height, content] = [0, 0, '']]] of drawn.entries()) {
    const name = `${index + 1}-${title.replace(' ', '-')}.svg`;
    Deno.writeTextFileSync(`${output}/${name}`, chart(`${file}: ${title}`, width, height, content));
  }
}

// --- main ------------------------------------------------------------------------------------------------------------

const item: { input: string; output: string; parameters?: { outlierFactor?: number } } = JSON.parse(
  Deno.readTextFileSync('item.json'),
);
const profile = profileOf(readTable(item.input), item.parameters?.outlierFactor ?? 1.5);
printProfile(profile, item.input);
drawCharts(profile, item.input, item.output);
Deno.writeTextFileSync(`${item.output}/result.json`, JSON.stringify(keyFigures(profile), null, 2));

export {};
