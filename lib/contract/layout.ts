import { createHash } from 'node:crypto';

/** Where a run's objects are in the staging bucket. Keys are API: people and other programs read them. */

/** Where inputs are by convention. */
export const INCOMING_PREFIX = 'incoming/';
/** Where the runs of batches are. */
export const RUNS_PREFIX = 'runs/';
/** Where the invoker keeps what is too large for a request or an answer. */
export const INVOKER_PREFIX = 'invoker/';
/** Where tools keep what is too large for an answer, each in a folder of its name. */
export const TOOLS_PREFIX = 'tools/';

/** The folder of all runs of a batch. */
export function runsPrefix(batch: string): string {
  return `${RUNS_PREFIX}${batch}/`;
}

/** Names the run of a batch that has finished last; no run's id has a dot. */
export function latestRunKey(batch: string): string {
  return `${runsPrefix(batch)}latest.json`;
}

/** Where what a script leaves for an item is. */
export interface ItemLayout {
  itemResult(itemId: string): string;
  itemStream(itemId: string, stream: 'stdout' | 'stderr'): string;
  itemFile(itemId: string, path: string): string;
}

/** What a folder holds that a query engine is sent to: the address of the results, and nothing else. */
const SYMLINK = 'results.symlink.txt';

/** Sends queries to the results of the run that has finished last; no run's id has a dot. */
export function latestSymlinkFolder(batch: string): string {
  return `${runsPrefix(batch)}latest.athena/`;
}

export function latestSymlinkKey(batch: string): string {
  return `${latestSymlinkFolder(batch)}${SYMLINK}`;
}

/** Where Step Functions leaves what became of a run's child executions. */
export function mapResultsFolder(runPrefix: string): string {
  return `${runPrefix}map`;
}

/** The keys of one run. */
export class RunLayout implements ItemLayout {
  readonly prefix: string;

  constructor(batch: string, runId: string) {
    this.prefix = `${runsPrefix(batch)}${runId}/`;
  }

  /** The run's facts, written once: when it exists, the run can be resumed. */
  get run(): string {
    return `${this.prefix}run.json`;
  }

  /** All items, one JSON object a line. */
  get manifest(): string {
    return `${this.prefix}manifest.jsonl`;
  }

  /** What one execution has to do; a resumed run has one for each execution. */
  pending(executionName: string): string {
    return `${this.prefix}pending/${executionName}.jsonl`;
  }

  /** What the combining script of one execution has to do: its only item. */
  pendingCombination(executionName: string): string {
    return `${this.prefix}pending/${executionName}.combine.jsonl`;
  }

  /** What the combining script has left. It has one item only. */
  get combined(): ItemLayout {
    const folder = `${this.prefix}combined/`;
    return {
      itemResult: () => `${folder}result.json`,
      itemStream: (_item, stream) => `${folder}${stream}.txt`,
      itemFile: (_item, path) => `${folder}files/${path}`,
    };
  }

  get results(): string {
    return `${this.prefix}results.jsonl`;
  }

  /** The same as a table. */
  get table(): string {
    return `${this.prefix}results.csv`;
  }

  /** The table again, for spreadsheets: it holds no formulas. */
  get spreadsheet(): string {
    return `${this.prefix}results.spreadsheet.csv`;
  }

  /** Sends queries to the results of this run. */
  get symlinkFolder(): string {
    return `${this.prefix}athena/`;
  }

  get symlink(): string {
    return `${this.symlinkFolder}${SYMLINK}`;
  }

  get summary(): string {
    return `${this.prefix}summary.json`;
  }

  get report(): string {
    return `${this.prefix}report.html`;
  }

  get items(): string {
    return `${this.prefix}items/`;
  }

  itemResult(itemId: string): string {
    return `${this.items}${itemId}/result.json`;
  }

  itemStream(itemId: string, stream: 'stdout' | 'stderr'): string {
    return `${this.items}${itemId}/${stream}.txt`;
  }

  itemFile(itemId: string, path: string): string {
    return `${this.items}${itemId}/files/${path}`;
  }
}

/**
 * The name of the sessions of a run, by which orphaned ones are found: 100 characters at most. The digest tells runs
 * apart whose names begin alike, and those of batches of the same name in other buckets, which may share the interpreter.
 */
export function sessionName(bucket: string, batch: string, runId: string): string {
  const digest = createHash('sha256').update(`${bucket}/${batch}/${runId}`).digest('hex');
  return `${sessionPrefix(batch)}${runId.slice(0, 58)}-${digest.slice(0, 16)}`;
}

/** What the names of a batch's sessions begin with; those of batches whose names begin alike may do so too. */
export function sessionPrefix(batch: string): string {
  return `${batch.slice(0, 24)}-`;
}
