import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchRequest } from '../../contract/batch';
import { runName } from './batch-run';
import { ObjectTable, TableInUseError } from './storage/object-table';

/** How many runs of a batch are kept; older ones are removed when a new one begins. */
export const MAX_SAVED_RUNS = 5;

const RUN_ID = /^[A-Za-z0-9_-]{1,80}$/;
const METADATA_FILE = 'kept-run.json';

/** What it takes to go on with a run, and how it ended. */
export interface SavedRunMetadata {
  readonly version: 1;
  readonly runId: string;
  readonly batch: string;
  /** Paths are absolute. */
  readonly app: string;
  readonly inputs: readonly string[];
  readonly out: string;
  readonly script?: string;
  readonly isolation: 'auto' | 'require' | 'off';
  /** If one was named. */
  readonly python?: string;
  readonly request: BatchRequest;
  readonly limit?: number;
  /** `starting` until its items are planned: there is nothing to go on with; then `unfinished` until it has a report. */
  readonly status: 'starting' | 'unfinished' | 'succeeded' | 'failed';
}

/** One run in its folder: its metadata, and what its S3 holds. */
export class SavedRun {
  constructor(
    readonly folder: string,
    readonly metadata: SavedRunMetadata,
  ) {}

  get storage(): string {
    return join(this.folder, 's3');
  }

  /** Written as a whole: a process that is killed leaves the old metadata or the new. */
  write(changes: Partial<SavedRunMetadata> = {}): SavedRun {
    const metadata = { ...this.metadata, ...changes };
    const path = join(this.folder, METADATA_FILE);
    writeFileSync(`${path}.new`, JSON.stringify(metadata, null, 2));
    renameSync(`${path}.new`, path);
    return new SavedRun(this.folder, metadata);
  }
}

/** The runs of a working directory that can be resumed, each in a folder of its own, so that two at once do not meet. */
export class SavedRuns {
  constructor(readonly folder: string) {}

  /** A folder for a new run, under a name that no other has. */
  create(metadata: Omit<SavedRunMetadata, 'version' | 'runId' | 'status'>, name = runName()): SavedRun {
    this.makeFolder();
    for (let count = 1; ; count++) {
      const runId = count === 1 ? name : `${name}-${count}`;
      try {
        mkdirSync(join(this.folder, runId));
        return new SavedRun(join(this.folder, runId), { version: 1, runId, ...metadata, status: 'starting' }).write();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw error;
        }
      }
    }
  }

  private makeFolder(): void {
    try {
      mkdirSync(this.folder, { recursive: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`"${this.folder}", where runs are kept, cannot be written (${code}): work in another folder`);
    }
  }

  /** Oldest first. */
  all(): SavedRun[] {
    const names = existsSync(this.folder) ? readdirSync(this.folder).sort(byTime) : [];
    return names.flatMap((name) => this.read(name) ?? []);
  }

  /** Fails if there is no such run, and lists those that there are. */
  find(runId: string): SavedRun {
    const run = RUN_ID.test(runId) ? this.read(runId) : undefined;
    if (!run) {
      throw new Error(`no run "${runId}" in ${this.folder}; ${this.listed()}`);
    }
    if (run.metadata.status === 'starting') {
      throw new Error(`run "${runId}" was stopped before its items were planned; start it again`);
    }
    return run;
  }

  /** Fails if all have a report. */
  newestUnfinished(batch?: string): SavedRun {
    const fitting = this.all().filter(({ metadata }) => batch === undefined || metadata.batch === batch);
    const run = fitting.findLast(({ metadata }) => metadata.status === 'unfinished');
    if (!run) {
      const of = batch === undefined ? '' : ` of batch "${batch}"`;
      throw new Error(`no unfinished run${of} in ${this.folder}; ${this.listed()}`);
    }
    return run;
  }

  /** Removes all runs of a batch but the newest. Those in use stay. Returns how many were removed. */
  prune(batch: string, kept = MAX_SAVED_RUNS): number {
    const runs = this.all().filter(({ metadata }) => metadata.batch === batch);
    const old = runs.slice(0, Math.max(0, runs.length - kept)).filter(removeIfUnused);
    return old.length;
  }

  private read(name: string): SavedRun | undefined {
    const folder = join(this.folder, name);
    try {
      return new SavedRun(folder, JSON.parse(readFileSync(join(folder, METADATA_FILE), 'utf8')) as SavedRunMetadata);
    } catch {
      // A process was killed while it made the folder.
      return undefined;
    }
  }

  private listed(): string {
    const runs = this.all().map(({ metadata }) => `${metadata.runId} (${metadata.batch}, ${metadata.status})`);
    return runs.length === 0 ? 'there are no saved runs' : `saved runs: ${runs.join(', ')}`;
  }
}

/** As the runs were begun: the second of a second has a number after its name. */
function byTime(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** The table is held meanwhile, so that nobody resumes what is being removed. */
function removeIfUnused(run: SavedRun): boolean {
  const table = tableOf(run);
  if (table === 'in use') {
    return false;
  }
  try {
    rmSync(run.folder, { recursive: true, force: true });
  } finally {
    table?.close();
  }
  return true;
}

/** Nothing for a run without a table, or with one that nobody can read: it must not stand in the way of new runs. */
function tableOf(run: SavedRun): ObjectTable | 'in use' | undefined {
  const path = join(run.storage, 'objects.db');
  try {
    return existsSync(path) ? new ObjectTable(path) : undefined;
  } catch (error) {
    return error instanceof TableInUseError ? 'in use' : undefined;
  }
}
