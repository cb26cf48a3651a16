import type { BatchSettings, ItemCounts, Plan, ReportResponse, RunSummary } from '../../contract/batch';
import type { BatchItem, ItemResult } from '../../contract/batch-item';
import { ItemErrorName } from '../../contract/errors';
import type { LatestRun } from '../../contract/latest-run';
import { latestRunKey, latestSymlinkKey, RunLayout } from '../../contract/layout';
import { mapConcurrently } from '../concurrency';
import { Summarizer } from '../report/summarize';
import { writeReport } from '../report/write-report';
import type { ObjectStore } from '../staging/object-store';
import { unrun } from './item-record';
import { ResultsTable } from './results-table';

const READS_AT_ONCE = 48;

/** The Report state: accounts for every item of the manifest, and writes results, summary and report. */
export class Reporter {
  private readonly layout: RunLayout;

  constructor(
    private readonly settings: BatchSettings,
    private readonly store: ObjectStore,
    private readonly plan: Plan,
    private readonly executionName: string,
  ) {
    this.layout = new RunLayout(settings.name, plan.runId);
  }

  async report(leftOverSessions: number): Promise<ReportResponse> {
    const pending = await this.pendingIds();
    const summarizer = new Summarizer();
    const table = new ResultsTable();
    await this.store.putStreamed(this.layout.results, 'application/jsonl', async (out) => {
      for await (const result of this.results(pending)) {
        summarizer.add(result);
        table.learn(result);
        await out(`${JSON.stringify(result)}\n`);
      }
    });
    await this.store.putStreamed(this.layout.table, 'text/csv; charset=utf-8; header=present', (out) =>
      table.write(this.written(), out),
    );
    const summary = this.summary(summarizer, leftOverSessions);
    await this.store.put(this.layout.summary, JSON.stringify(summary, null, 2), 'application/json');
    await this.store.putStreamed(this.layout.report, 'text/html; charset=utf-8', (out) =>
      writeReport(
        {
          summary,
          items: () => this.written(),
          readFile: (file) => this.store.bytes(file.key),
        },
        out,
      ),
    );
    await this.sendQueries();
    await this.pointToThis(summary);
    return this.response(summary);
  }

  /** The results, once they are all in one file. */
  private written(): AsyncGenerator<ItemResult> {
    return this.store.jsonLines<ItemResult>(this.layout.results);
  }

  /** For `BatchResultsTable`, whose engine reads all that lies in a folder, or what a file in it names. */
  private async sendQueries(): Promise<void> {
    const results = `s3://${this.store.bucket}/${this.layout.results}`;
    for (const key of [this.layout.symlink, latestSymlinkKey(this.settings.name)]) {
      await this.store.put(key, results, 'text/plain');
    }
  }

  /** Comes last: whoever follows it finds everything. S3 replaces an object as a whole. */
  private async pointToThis(summary: RunSummary): Promise<void> {
    const { batch, runId, status, startedAt, finishedAt, counts } = summary;
    const { summary: summaryKey, results: resultsKey, table: tableKey, report: reportKey } = this.layout;
    const keys = { summaryKey, resultsKey, tableKey, reportKey };
    const latest: LatestRun = { version: 1, batch, runId, status, startedAt, finishedAt, counts, ...keys };
    await this.store.put(latestRunKey(batch), JSON.stringify(latest, null, 2), 'application/json');
  }

  /** What this execution had to do; everything else was done before. */
  private async pendingIds(): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const { id } of this.store.jsonLines<BatchItem>(this.layout.pending(this.executionName))) {
      ids.add(id);
    }
    return ids;
  }

  private results(pending: Set<string>): AsyncGenerator<ItemResult> {
    const items = this.store.jsonLines<BatchItem>(this.layout.manifest);
    return mapConcurrently(items, READS_AT_ONCE, async (item) => {
      const result = await this.store.findJson<ItemResult>(this.layout.itemResult(item.id));
      if (!result) {
        return unrun(item, {
          name: ItemErrorName.notProcessed,
          message: 'no session came to this item: its sessions could not be started, or were lost; resume the run',
        });
      }
      return pending.has(item.id) ? result : { ...result, status: 'skipped' as const };
    });
  }

  private summary(totals: Summarizer, leftOver: number): RunSummary {
    const { settings, plan, layout } = this;
    const finishedAt = new Date().toISOString();
    const { counts } = totals;
    const tolerated = isTolerated(counts, settings.toleratedFailurePercentage);
    return {
      version: 1,
      batch: settings.name,
      runId: plan.runId,
      status: tolerated ? 'succeeded' : 'failed',
      message: messageOf(counts, settings.toleratedFailurePercentage, tolerated),
      startedAt: plan.startedAt,
      finishedAt,
      durationSeconds: (Date.parse(finishedAt) - Date.parse(plan.startedAt)) / 1000,
      counts,
      toleratedFailurePercentage: settings.toleratedFailurePercentage,
      failures: totals.failures,
      sessions: { used: totals.sessionsUsed, leftOver },
      cost: totals.cost,
      script: { name: settings.script.name, language: settings.script.language },
      parameters: plan.parameters,
      bucket: this.store.bucket,
      resultsKey: layout.results,
      tableKey: layout.table,
      reportKey: layout.report,
    };
  }

  private response(summary: RunSummary): ReportResponse {
    return {
      runId: summary.runId,
      withinTolerance: summary.status === 'succeeded',
      counts: summary.counts,
      summaryKey: this.layout.summary,
      resultsKey: summary.resultsKey,
      reportKey: summary.reportKey,
      message: summary.message,
    };
  }
}

function isTolerated(counts: ItemCounts, percentage: number): boolean {
  return counts.failed * 100 <= percentage * counts.total;
}

function messageOf(counts: ItemCounts, percentage: number, tolerated: boolean): string {
  const share = `${counts.failed} of ${counts.total} items failed`;
  if (counts.failed === 0) {
    return `all ${counts.total} items succeeded`;
  }
  return tolerated
    ? `${share}, within the tolerated ${percentage} %`
    : `${share}, more than the tolerated ${percentage} %`;
}
