import type { RunSummary } from '../../contract/batch';
import type { ItemResult, OutputFile } from '../../contract/batch-item';
import { TextBudget } from './budget';
import { ChartCollector } from './charts';
import { contentSecurityPolicy, dataBlock, embedJson, escapeHtml } from './html';
import { ItemData, itemDetails } from './item-data';
import { overview } from './overview';
import page from './page.generated.json';
import { BLOCK_ITEMS, COMBINED, type CombinedData, type EndData, type RunData } from './page-data';

/** Where the report's content comes from. */
export interface ReportSource {
  readonly summary: RunSummary;
  /** All items of the run, in the manifest's order; read once. */
  items(): AsyncIterable<ItemResult>;
  /** An output file's bytes; asked for charts only. A rejection leaves the chart out and the report says so. */
  readFile(file: OutputFile): Promise<Uint8Array>;
}

export interface ReportOptions {
  /** How much of charts is embedded in all, in bytes of the files (a third more in the report). Default: 20 MB. */
  readonly chartBytes?: number;
  /** The largest chart that is embedded, in bytes. Default: 4 MB. */
  readonly largestChartBytes?: number;
  /** How much printed output, tracebacks and rows are embedded in all, in characters. Default: 20 million. */
  readonly textCharacters?: number;
  /**
   * How many items are embedded: the first ones, and of those after them the failed ones, up to as many again. The
   * overview counts all of them. Default: 50,000, of which a report is some 40 MB.
   */
  readonly items?: number;
}

const MB = 1024 ** 2;
/** Two excerpts, a traceback and a row. */
const MAX_ITEM_CHARACTERS = 40_000;

/**
 * Writes a run's report: one HTML file that needs nothing else, in chunks and in one pass over the items, holding no
 * more than {@link BLOCK_ITEMS} of them at a time.
 */
export async function writeReport(
  source: ReportSource,
  out: (chunk: string) => Promise<void> | void,
  options: ReportOptions = {},
): Promise<void> {
  const { summary } = source;
  const {
    chartBytes = 20 * MB,
    largestChartBytes = 4 * MB,
    textCharacters = 20_000_000,
    items: limit = 50_000,
  } = options;
  const charts = new ChartCollector((file) => source.readFile(file), chartBytes, largestChartBytes);
  const texts = new TextBudget(textCharacters, Math.min(summary.counts.total, limit), MAX_ITEM_CHARACTERS);
  const data = new ItemData();

  await out(head(summary));
  await out(overview(summary));
  await out(dataBlock('run', embedJson(runData(summary))));
  for (const block of await combinedBlocks(summary, charts, data)) {
    await out(block);
  }
  let first = 0;
  for await (const items of inBlocks(withinLimit(source.items(), limit), BLOCK_ITEMS)) {
    const collected = await charts.collect(items, first);
    const rows = items.map((item, index) => data.row(item, collected.charts[index] ?? NO_CHARTS));
    const details = items.map((item, index) =>
      embedJson(itemDetails(item, collected.charts[index] ?? NO_CHARTS, texts.next())),
    );
    await out(dataBlock('rows', embedJson(rows)));
    await out(dataBlock('details', details.join('\n')));
    await out(dataBlock('charts', collected.lines.join('\n')));
    first += items.length;
  }
  const end: EndData = {
    leftOutItems: Math.max(0, summary.counts.total - first),
    parameters: data.parameters,
    columns: data.columns,
    sessions: data.sessions,
    charts: { embedded: charts.embeddedCount, leftOut: charts.leftOut, leftOutCount: charts.leftOutCount },
  };
  await out(dataBlock('end', embedJson(end)));
  await out(`<script type="module">${page.script}</script>\n</body>\n</html>\n`);
}

const NO_CHARTS = { embedded: [], leftOut: new Map() };

function runData({ batch, runId, bucket, resultsKey, tableKey, reportKey, failures }: RunSummary): RunData {
  return { batch, runId, bucket, resultsKey, tableKey, reportKey, failures };
}

/** It comes before the items, so that it has the first claim on the budget for charts. */
async function combinedBlocks({ combined }: RunSummary, charts: ChartCollector, data: ItemData): Promise<string[]> {
  if (!combined) {
    return [];
  }
  const collected = await charts.collect([combined], COMBINED);
  const [own = NO_CHARTS] = collected.charts;
  const texts = new TextBudget(MAX_ITEM_CHARACTERS, 1, MAX_ITEM_CHARACTERS);
  const content: CombinedData = {
    row: data.combined(combined, own),
    details: itemDetails(combined, own, texts.next()),
  };
  return [dataBlock('combined', embedJson(content)), dataBlock('combined-charts', collected.lines.join('\n'))];
}

async function* withinLimit(items: AsyncIterable<ItemResult>, limit: number): AsyncGenerator<ItemResult> {
  let taken = 0;
  let failedAfter = 0;
  for await (const item of items) {
    if (taken < limit) {
      taken += 1;
      yield item;
    } else if (item.status === 'failed' && failedAfter < limit) {
      failedAfter += 1;
      yield item;
    }
  }
}

async function* inBlocks<T>(values: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let block: T[] = [];
  for await (const value of values) {
    block.push(value);
    if (block.length === size) {
      yield block;
      block = [];
    }
  }
  if (block.length > 0) {
    yield block;
  }
}

function head(summary: RunSummary): string {
  const policy = contentSecurityPolicy(page);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(`${summary.batch} · ${summary.runId} · ${summary.status}`)}</title>
<style>${page.style}</style>
</head>
`;
}
