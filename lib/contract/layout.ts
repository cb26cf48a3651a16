/** Where a run's objects are in the staging bucket. Keys are API: people and other programs read them. */

/** The folder of all runs of a batch. */
export function runsPrefix(batch: string): string {
  return `runs/${batch}/`;
}

/** Names the run of a batch that has finished last; no run's id has a dot. */
export function latestRunKey(batch: string): string {
  return `${runsPrefix(batch)}latest.json`;
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

/** The keys of one run. */
export class RunLayout {
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

  get results(): string {
    return `${this.prefix}results.jsonl`;
  }

  /** The same as a table. */
  get table(): string {
    return `${this.prefix}results.csv`;
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

/** The name of the sessions of a run; the sweeper finds left-over ones by it. At most 100 characters. */
export function sessionName(batch: string, runId: string): string {
  return `${batch.slice(0, 19)}-${runId.slice(0, 80)}`;
}
