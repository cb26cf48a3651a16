import type { ItemCounts } from './batch';

/** `runs/<batch>/latest.json`: the run of the batch that has finished last, whether it succeeded or failed. */
export interface LatestRun {
  readonly version: 1;
  readonly batch: string;
  readonly runId: string;
  readonly status: 'succeeded' | 'failed';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly counts: ItemCounts;
  readonly summaryKey: string;
  /** JSON Lines. */
  readonly resultsKey: string;
  /** CSV. */
  readonly tableKey: string;
  readonly reportKey: string;
}
