import type { BatchSettings, GatherResponse, StateFailure } from '../../contract/batch';
import type { BatchItem, ItemError, ItemResult, ItemStatus } from '../../contract/batch-item';
import { RunLayout } from '../../contract/layout';
import { mapConcurrently } from '../concurrency';
import { parseExactly, parseVerbatim } from '../exact-json';
import { Summarizer } from '../report/summarize';
import type { ObjectStore } from '../staging/object-store';
import { combination } from './combination';
import { type FailedChild, failedChildren } from './failed-children';
import { notRunResult } from './item-record';
import { lostWithChild, notProcessed } from './not-processed';
import { ResultsTable } from './results-table';
import { EXACT, SPREADSHEET, type TableStyle } from './table-style';
import { isTolerated } from './tolerance';

const READ_CONCURRENCY = 48;

interface GatheredResult {
  readonly result: ItemResult;
  /** The same as it was written: every number has the digits that the script gave it. */
  readonly line: string;
}

/** The Gather state: accounts for every item of the manifest, puts all results into one file, and into a table. */
export class Gatherer {
  private readonly layout: RunLayout;

  constructor(
    private readonly settings: BatchSettings,
    private readonly store: ObjectStore,
    runId: string,
    private readonly executionName: string,
    private readonly mapFailure?: StateFailure,
  ) {
    this.layout = new RunLayout(settings.name, runId);
  }

  async gather(): Promise<GatherResponse> {
    const pending = await this.pendingIds();
    const missing = await this.reasonsForMissing();
    const totals = new Summarizer();
    const table = new ResultsTable();
    await this.store.putStreamed(this.layout.results, 'application/jsonl', async (out) => {
      for await (const { result, line } of this.results(pending, missing)) {
        totals.add(result);
        table.learn(result);
        await out(`${line}\n`);
      }
    });
    await this.writeTable(table, this.layout.table, EXACT);
    if (this.settings.spreadsheet) {
      await this.writeTable(table, this.layout.spreadsheet, SPREADSHEET);
    }
    const combineKey = this.layout.pendingCombination(this.executionName);
    const combine = await this.isToCombine(totals, pending.size > 0);
    if (combine) {
      await this.store.put(combineKey, `${JSON.stringify(await this.combineItem())}\n`, 'application/jsonl');
    }
    return { combine, combineKey };
  }

  private writeTable(table: ResultsTable, key: string, style: TableStyle): Promise<void> {
    return this.store.putStreamed(key, 'text/csv; charset=utf-8; header=present', (out) =>
      table.write(this.store.jsonLines<ItemResult>(this.layout.results, parseVerbatim), out, style),
    );
  }

  /** What this execution had to do; everything else was done before. */
  private async pendingIds(): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const { id } of this.store.jsonLines<BatchItem>(this.layout.pending(this.executionName))) {
      ids.add(id);
    }
    return ids;
  }

  /** Why an item has no result: found out once it is known that one has none. */
  private async reasonsForMissing(): Promise<(item: BatchItem) => Promise<ItemError>> {
    const { store, settings } = this;
    const noSession = await notProcessed('this item', this.mapFailure, { batch: settings.name, store });
    let children: Promise<ReadonlyMap<string, FailedChild>> | undefined;
    return async ({ id }) => {
      children ??= failedChildren(store, this.layout.prefix);
      const child = (await children).get(id);
      return child ? lostWithChild(child) : noSession;
    };
  }

  private results(
    pending: Set<string>,
    missing: (item: BatchItem) => Promise<ItemError>,
  ): AsyncGenerator<GatheredResult> {
    const items = this.store.jsonLines<BatchItem>(this.layout.manifest);
    return mapConcurrently(items, READ_CONCURRENCY, async (item) => {
      const text = await this.store.findText(this.layout.itemResult(item.id));
      if (text === undefined) {
        const result = notRunResult(item, await missing(item));
        return { result, line: JSON.stringify(result) };
      }
      const done = pending.has(item.id) ? text : withStatus(text, 'skipped');
      return { result: parseExactly<ItemResult>(done), line: done };
    });
  }

  /** An earlier combination is of other results, unless nothing had to be done since; a failed one is tried again. */
  private async isToCombine({ counts }: Summarizer, anythingNew: boolean): Promise<boolean> {
    const { combine, tolerated } = this.settings;
    if (!combine) {
      return false;
    }
    const key = this.layout.combined.itemResult(combination.id);
    const earlier = await this.store.findJson<ItemResult>(key);
    if (earlier?.status === 'succeeded' && !anythingNew) {
      return false;
    }
    if (earlier) {
      await this.store.delete(key);
    }
    return counts.failed < counts.total && isTolerated(counts, tolerated);
  }

  private async combineItem(): Promise<BatchItem> {
    const { bytes = 0 } = (await this.store.stat(this.layout.results)) ?? {};
    return combination.itemOf(this.layout, bytes);
  }
}

/** Within a string the quotes would be escaped, so that what is replaced is the field. */
function withStatus(text: string, status: ItemStatus): string {
  return text.replace(/"status":"\w+"/, `"status":"${status}"`);
}
