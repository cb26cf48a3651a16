import type {
  BatchSettings,
  FailureTolerance,
  ItemCounts,
  Plan,
  ReportRequest,
  ReportResponse,
  RunSummary,
} from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';
import { ErrorName } from '../../contract/errors';
import type { LatestRun } from '../../contract/latest-run';
import { latestRunKey, latestSymlinkKey, RunLayout, runsPrefix } from '../../contract/layout';
import { failureReason } from '../failure-reason';
import { Summarizer } from '../report/summarize';
import { writeReport } from '../report/write-report';
import type { ObjectStore } from '../staging/object-store';
import { combination } from './combination';
import { notRunResult } from './item-record';
import { notProcessed } from './not-processed';
import { isTolerated, toleratedInWords } from './tolerance';

/** What became of the sessions that were still open at the end of a run. */
export interface Sweep {
  readonly stopped: number;
  /** Why not all could be found or stopped. */
  readonly failure?: string;
}

/** The Report state: writes summary and report from the results that Gather has left. */
export class Reporter {
  private readonly layout: RunLayout;
  private readonly plan: Plan;

  constructor(
    private readonly settings: BatchSettings,
    private readonly store: ObjectStore,
    private readonly request: ReportRequest,
  ) {
    this.plan = request.plan;
    this.layout = new RunLayout(settings.name, this.plan.runId);
  }

  async report(sweep: Sweep): Promise<ReportResponse> {
    const totals = new Summarizer(this.settings.longItems);
    for await (const result of this.results()) {
      totals.add(result);
    }
    const summary = this.summary(totals, sweep, await this.combined(), await this.mapFailure());
    await this.store.put(this.layout.summary, JSON.stringify(summary, null, 2), 'application/json');
    await this.store.putStreamed(this.layout.report, 'text/html; charset=utf-8', (out) =>
      writeReport(
        {
          summary,
          items: () => this.results(),
          readFile: (file) => this.store.bytes(file.key),
        },
        out,
      ),
    );
    await this.writeAthenaSymlinks();
    await this.writeLatestPointer(summary);
    return this.response(summary);
  }

  private results(): AsyncGenerator<ItemResult> {
    return this.store.jsonLines<ItemResult>(this.layout.results);
  }

  /** What the combining script came to, in this execution or in an earlier one of the run. */
  private async combined(): Promise<ItemResult | undefined> {
    if (!this.settings.combine) {
      return undefined;
    }
    const result = await this.store.findJson<ItemResult>(this.layout.combined.itemResult(combination.id));
    if (result || !this.request.combine) {
      return result;
    }
    const error = await notProcessed('the combining script', this.request.mapFailure, {
      batch: this.settings.name,
      store: this.store,
    });
    return notRunResult(combination.itemOf(this.layout, 0), error);
  }

  /** A Map state that fails does not end the execution: whoever reads the report is to know. */
  private async mapFailure(): Promise<string | undefined> {
    const { Error: name, Cause: cause } = this.request.mapFailure ?? {};
    if (!name) {
      return undefined;
    }
    const reason = await failureReason(cause, this.store, runsPrefix(this.settings.name));
    return [name, reason].filter(Boolean).join(': ');
  }

  /** For `BatchResultsTable`, whose engine reads all that lies in a folder, or what a file in it names. */
  private async writeAthenaSymlinks(): Promise<void> {
    const results = `s3://${this.store.bucket}/${this.layout.results}`;
    for (const key of [this.layout.symlink, latestSymlinkKey(this.settings.name)]) {
      await this.store.put(key, results, 'text/plain');
    }
  }

  /** Comes last: whoever follows it finds everything. S3 replaces an object as a whole. */
  private async writeLatestPointer(summary: RunSummary): Promise<void> {
    const { batch, runId, status, startedAt, finishedAt, counts } = summary;
    const { summary: summaryKey, results: resultsKey, table: tableKey, report: reportKey } = this.layout;
    const keys = { summaryKey, resultsKey, tableKey, reportKey };
    const latest: LatestRun = { version: 1, batch, runId, status, startedAt, finishedAt, counts, ...keys };
    await this.store.put(latestRunKey(batch), JSON.stringify(latest, null, 2), 'application/json');
  }

  private summary(
    totals: Summarizer,
    sweep: Sweep,
    combined: ItemResult | undefined,
    mapFailure: string | undefined,
  ): RunSummary {
    const { settings, plan, layout } = this;
    const finishedAt = new Date().toISOString();
    const { counts } = totals;
    const tolerated = isTolerated(counts, settings.tolerated);
    // An earlier execution's is neither this one's time nor its cost.
    if (combined && this.request.combine) {
      totals.addUsage(combined);
    }
    return {
      version: 1,
      batch: settings.name,
      runId: plan.runId,
      status: tolerated && combined?.status !== 'failed' ? 'succeeded' : 'failed',
      message: [
        messageOf(counts, settings.tolerated, tolerated),
        ...combinedMessage(combined),
        ...mapMessage(mapFailure),
      ].join('; '),
      startedAt: plan.startedAt,
      finishedAt,
      durationSeconds: (Date.parse(finishedAt) - Date.parse(plan.startedAt)) / 1000,
      counts,
      tolerated: settings.tolerated,
      failures: totals.failures,
      warnings: totals.warnings,
      sessions: { used: totals.sessionsUsed, orphaned: sweep.stopped, sweepFailure: sweep.failure },
      mapFailure,
      cost: totals.cost,
      script: { name: settings.script.name, language: settings.script.language },
      parameters: plan.parameters,
      bucket: this.store.bucket,
      resultsKey: layout.results,
      tableKey: layout.table,
      reportKey: layout.report,
      combined,
    };
  }

  private response(summary: RunSummary): ReportResponse {
    const tolerated = isTolerated(summary.counts, summary.tolerated);
    const error = tolerated ? ErrorName.combiningFailed : ErrorName.tooManyItemsFailed;
    return {
      runId: summary.runId,
      status: summary.status,
      error: summary.status === 'failed' ? error : '',
      redriveCount: this.request.redriveCount,
      counts: summary.counts,
      summaryKey: this.layout.summary,
      resultsKey: summary.resultsKey,
      reportKey: summary.reportKey,
      message: summary.message,
    };
  }
}

function messageOf(counts: ItemCounts, tolerance: FailureTolerance, tolerated: boolean): string {
  const share = `${counts.failed} of ${counts.total} items failed`;
  if (counts.failed === 0) {
    return counts.total === 1 ? 'the item succeeded' : `all ${counts.total} items succeeded`;
  }
  return tolerated
    ? `${share}, within the tolerated ${toleratedInWords(tolerance)}`
    : `${share}, more than the tolerated ${toleratedInWords(tolerance)}`;
}

function mapMessage(mapFailure: string | undefined): string[] {
  return mapFailure === undefined ? [] : [`a Map state failed: ${mapFailure}`];
}

function combinedMessage(combined: ItemResult | undefined): string[] {
  return combined?.error ? [`combining the results failed: ${combined.error.name}: ${combined.error.message}`] : [];
}
