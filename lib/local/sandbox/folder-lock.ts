import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessRecord, recordOfThisProcess, stateOf } from './process-record';

const OWNER_FILE = 'owner.json';
const POLL_MS = 250;
/** A lock folder without an owner is being made this very moment, or its maker was killed just then. */
const OWNERLESS_MS = 5_000;
/** Longer than anything that is done under a lock takes; for an owner in another PID namespace, who cannot be looked for. */
const UNKNOWN_OWNER_MS = 30 * 60_000;

/** A lock between processes: a folder, which only one can make. That of a process which is gone is taken over. */
export class FolderLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Waits for the lock. Calls `onWait` once if it has to. Throws the signal's reason when that is aborted. */
  static async acquire(path: string, onWait: () => void, signal?: AbortSignal): Promise<FolderLock> {
    let waited = false;
    while (!(await tryLock(path))) {
      if (!waited) {
        waited = true;
        onWait();
      }
      await sleep(POLL_MS, undefined, { signal });
    }
    return new FolderLock(path);
  }

  async release(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    if (await isAbandoned(path)) {
      await rm(path, { recursive: true, force: true });
    }
    return false;
  }
  await writeFile(join(path, OWNER_FILE), JSON.stringify(recordOfThisProcess()));
  return true;
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const state = stateOf(JSON.parse(await readFile(join(path, OWNER_FILE), 'utf8')) as ProcessRecord);
    return state === 'gone' || (state === 'unknown' && (await ageOf(path)) > UNKNOWN_OWNER_MS);
  } catch {
    return (await ageOf(path)) > OWNERLESS_MS;
  }
}

async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
}
