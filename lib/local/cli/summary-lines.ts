import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RunSummary } from '../../contract/batch';
import type { ItemError, ItemResult } from '../../contract/batch-item';
import type { JsonValue } from '../../contract/json';
import { WARNING_WORDS } from '../../runtime/report/failure-words';
import { plural } from '../../runtime/report/format';
import type { LocalRunResult } from '../runner/local-run';
import { displayWidth, fitted } from '../terminal';
import { estimateLines } from './estimate-lines';

const MAX_ROWS = 40;
const MAX_FIGURES = 5;
/** A longer name is cut in the middle. */
const MAX_CELL_COLUMNS = 40;
const MAX_TRACEBACK_LINES = 15;

/** What a person reads at the end of a local run: a table of the items, the result in a sentence, and where it is. */
export async function summaryLines(run: LocalRunResult): Promise<string[]> {
  const { summary, outcome, folder } = run;
  if (!summary) {
    return ['', `The run ended without a report: ${outcome.status}`, `${outcome.error}: ${outcome.cause}`];
  }
  const { counts } = summary;
  const results = await itemResults(folder);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return [
    '',
    ...itemTable(results),
    '',
    ...firstFailure(results),
    ...warningLines(summary),
    ...combinedLines(summary.combined, folder),
    `Run ${summary.runId} ${summary.status}: ${summary.message}`,
    `  ${counts.succeeded} succeeded, ${counts.failed} failed${skipped}, of ${plural(counts.total, 'item')} in ${summary.durationSeconds.toFixed(1)} s`,
    `  ${plural(run.sessionsStarted, 'session')}, ${run.sessionsLeft} left open`,
    ...(summary.sessions.sweepFailure
      ? [`  Open sessions could not be looked for: ${summary.sessions.sweepFailure}`]
      : []),
    ...estimateLines(run, results),
    `  Results: ${join(folder, 'results.jsonl')}`,
    `  Report:  ${join(folder, 'report.html')}`,
  ];
}

/** What the combining script has found, in a line, and where it has left its files. */
function combinedLines(combined: ItemResult | undefined, folder: string): string[] {
  if (!combined) {
    return [];
  }
  if (combined.error) {
    return traceback('The combining script', combined.error);
  }
  const figures = Object.entries(combined.row ?? {}).flatMap(([name, value]) =>
    typeof value === 'object' ? [] : [`${name} ${shown(value)}`],
  );
  return [
    `Combined: ${figures.join(', ') || 'no figures'}`,
    ...(combined.files.length > 0
      ? [`  ${join(folder, 'combined/files')}: ${combined.files.map(({ path }) => path).join(', ')}`]
      : []),
    '',
  ];
}

async function itemResults(folder: string): Promise<ItemResult[]> {
  const text = await readFile(join(folder, 'results.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ItemResult);
}

function itemTable(results: ItemResult[]): string[] {
  const figures = keyFigures(results);
  const header = ['item', 'status', 'seconds', ...figures];
  const rows = mostInformative(results).map((result) => ({
    cells: [
      basename(result.key),
      result.status,
      result.durationSeconds.toFixed(1),
      ...(result.error ? [] : figures.map((name) => shown(result.row?.[name]))),
    ],
    // A failed item has no figures: what went wrong stands in their place.
    remark: result.error?.message.slice(0, 100) ?? '',
  }));
  const widths = header.map((name, column) =>
    Math.min(
      MAX_CELL_COLUMNS,
      Math.max(displayWidth(name), ...rows.map(({ cells }) => displayWidth(cells[column] ?? ''))),
    ),
  );
  const line = (cells: string[], remark = '') =>
    [...cells.map((cell, column) => fitted(cell, widths[column] ?? 0, column >= 2 ? 'right' : 'left')), remark]
      .join('  ')
      .trimEnd();
  const more = results.length - MAX_ROWS;
  return [
    line(header),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(({ cells, remark }) => line(cells, remark)),
    ...(more > 0 ? [`... and ${more} more, in the report`] : []),
  ];
}

/** What items are warned of, a line for each kind. */
function warningLines({ warnings }: RunSummary): string[] {
  const lines = warnings.map(({ code, message, count, items }) => {
    const more = count > 1 ? ` (and ${plural(count - 1, 'more item')})` : '';
    return `  ${WARNING_WORDS[code]}: ${items[0]}: ${message}${more}`;
  });
  return lines.length > 0 ? ['Warnings:', ...lines, ''] : [];
}

/** Where the first item that failed went wrong: often all of them did so there. */
function firstFailure(results: ItemResult[]): string[] {
  const { id, error } = results.find((result) => result.error?.detail) ?? {};
  return error ? traceback(`${id}`, error) : [];
}

function traceback(what: string, { detail }: ItemError): string[] {
  return detail ? [`${what}:`, ...indented(detail), ''] : [];
}

/** A traceback, the end of it where it is long. */
export function indented(detail: string): string[] {
  const lines = detail.trimEnd().split('\n');
  const left = lines.length - MAX_TRACEBACK_LINES;
  const shown = left > 0 ? [`... ${left} lines, in the report`, ...lines.slice(-MAX_TRACEBACK_LINES)] : lines;
  return shown.map((line) => `    ${line}`);
}

/** All of a small run, in their order; of a large one, those that failed come first. */
function mostInformative(results: ItemResult[]): ItemResult[] {
  if (results.length <= MAX_ROWS) {
    return results;
  }
  const failed = results.filter(({ status }) => status === 'failed');
  return [...failed, ...results.filter(({ status }) => status !== 'failed')].slice(0, MAX_ROWS);
}

/** The first few scalar columns that the items' rows have. */
function keyFigures(results: ItemResult[]): string[] {
  const names = results.flatMap(({ row = {} }) =>
    Object.entries(row).flatMap(([name, value]) => (typeof value === 'object' ? [] : [name])),
  );
  return [...new Set(names)].slice(0, MAX_FIGURES);
}

function shown(value: JsonValue | undefined): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  }
  return value === undefined || value === null ? '' : String(value).slice(0, 30);
}
