import type { ItemError, ItemResult, OutputText } from '../../contract/batch-item';
import type { JsonObject, JsonValue } from '../../contract/json';
import { excerpt, type ItemTextBudget } from './budget';
import type { ItemCharts } from './charts';
import { FAILURE_WORDS } from './failure-words';
import type { Cell, FileData, ItemDetails, RowData } from './page-data';

/** More columns than these are not in the table; an item's own page still has all of its parameters and its whole row. */
const MAX_COLUMNS = 60;
const MAX_PARAMETER_COLUMNS = 30;
const MAX_CELL_CHARACTERS = 200;
const MAX_ERROR_CHARACTERS = 300;
const MAX_FILES = 200;
/** What a browser shows without running anything in it. */
const SHOWN_TYPES =
  /^(image\/(png|jpeg|gif|webp|avif)|text\/(plain|csv|tab-separated-values|markdown)|application\/(json|pdf|jsonl))\s*(;|$)/i;

/** Gives each distinct name a number, in the order of their first appearance. */
class Numbering {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(private readonly most = Number.POSITIVE_INFINITY) {}

  of(name: string): number | undefined {
    const known = this.numbers.get(name);
    if (known !== undefined || this.names.length >= this.most) {
      return known;
    }
    this.numbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}

/** Turns items into what the page reads of them, and collects the run's columns and sessions on the way. */
export class ItemData {
  private readonly parameterNumbers = new Numbering(MAX_PARAMETER_COLUMNS);
  private readonly columnNumbers = new Numbering(MAX_COLUMNS);
  private readonly sessionNumbers = new Numbering();

  get parameters(): string[] {
    return this.parameterNumbers.names;
  }

  get columns(): string[] {
    return this.columnNumbers.names;
  }

  get sessions(): string[] {
    return this.sessionNumbers.names;
  }

  row(item: ItemResult, charts: ItemCharts): RowData {
    const parameters = cells(this.parameterNumbers, item.parameters);
    return {
      ...this.combined(item, charts),
      ...(parameters.length > 0 && { parameters }),
      cells: cells(this.columnNumbers, item.row),
    };
  }

  /** The combined result: its figures are no columns of the items' table. */
  combined(item: ItemResult, charts: ItemCharts): RowData {
    const started = Date.parse(item.startedAt);
    return {
      id: item.id,
      key: item.key,
      status: item.status,
      started: Number.isNaN(started) ? null : started,
      duration: item.durationSeconds,
      ...(item.sessionId !== undefined && { session: this.sessionNumbers.of(item.sessionId) }),
      ...(item.error && { error: excerpt(errorLine(item.error), MAX_ERROR_CHARACTERS) }),
      ...(charts.embedded.length > 0 && { charts: charts.embedded }),
      cells: [],
    };
  }
}

function cells(numbers: Numbering, values: JsonObject = {}): Cell[] {
  const found: Cell[] = [];
  for (const [name, value] of Object.entries(values)) {
    const column = numbers.of(name);
    if (column !== undefined) {
      found[column] = cell(value);
    }
  }
  // Holes would become null in JSON anyway; here they are said.
  return Array.from(found, (value) => value ?? null);
}

/** What a script raised speaks for itself; other failures say first what they are. */
function errorLine({ name, message }: ItemError): string {
  return name === 'ScriptFailed' ? message : `${FAILURE_WORDS[name]}: ${message}`;
}

function cell(value: JsonValue): Cell {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_CELL_CHARACTERS ? `${text.slice(0, MAX_CELL_CHARACTERS)}…` : text;
}

/** What an item's own page shows. Texts are cut to the item's share: the traceback first, then what it printed. */
export function itemDetails(item: ItemResult, charts: ItemCharts, budget: ItemTextBudget): ItemDetails {
  const { error, parameters, row, stdout, stderr } = item;
  return {
    bytes: item.bytes,
    cpuSeconds: item.cpuSeconds,
    peakMemoryBytes: item.peakMemoryBytes,
    exitCode: item.exitCode,
    error: error && {
      name: error.name,
      message: budget.cut(error.message),
      ...(error.detail !== undefined && { detail: budget.cut(error.detail) }),
    },
    ...(item.warnings && {
      warnings: item.warnings.map(({ code, message }) => ({ code, message: budget.cut(message) })),
    }),
    parameters: parameters && shortRow(parameters, budget),
    row: row && shortRow(row, budget),
    stderr: stderr && cutText(stderr, budget),
    stdout: stdout && cutText(stdout, budget),
    files: files(item, charts),
  };
}

function cutText(text: OutputText, budget: ItemTextBudget): OutputText {
  return { ...text, excerpt: budget.cut(text.excerpt) };
}

function shortRow(row: JsonObject, budget: ItemTextBudget): JsonObject {
  if (budget.take(JSON.stringify(row).length)) {
    return row;
  }
  return Object.fromEntries(
    Object.entries(row)
      .slice(0, MAX_COLUMNS)
      .map(([name, value]) => [name, cell(value)]),
  );
}

function files(item: ItemResult, charts: ItemCharts): FileData[] {
  return item.files.slice(0, MAX_FILES).map(({ path, bytes, key, contentType }, index) => {
    const leftOut = charts.leftOut.get(index);
    return { path, bytes, key, ...(!SHOWN_TYPES.test(contentType) && { save: true }), ...(leftOut && { leftOut }) };
  });
}
