import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '../../runtime/concurrency';

const LOOK_EVERY_MS = 120;
/** Looking must not keep the machine busy. */
const SHARE_OF_TIME = 5;

type Seen = Map<string, string>;

/**
 * Looks at files again and again: editors replace files, containers and network drives send no events, and size and time
 * of change tell everywhere.
 */
export class FileWatch {
  private seen: Seen = new Map();

  /** @param files the paths to look at; those that do not exist count as such */
  constructor(private readonly files: () => Promise<string[]>) {}

  /** Takes what there is now for known. */
  async look(): Promise<void> {
    this.seen = await this.snapshot();
  }

  /** Resolves with what has changed since it was last known, once it has come to rest; with nothing when it is stopped. */
  async next(signal: AbortSignal): Promise<string[]> {
    let last = this.seen;
    let pause = LOOK_EVERY_MS;
    while (!signal.aborted) {
      await sleep(pause, undefined, { signal }).catch(() => {});
      const began = Date.now();
      const now = await this.snapshot();
      pause = Math.max(LOOK_EVERY_MS, (Date.now() - began) * SHARE_OF_TIME);
      const changed = difference(this.seen, now);
      if (changed.length > 0 && difference(last, now).length === 0) {
        this.seen = now;
        return changed;
      }
      last = now;
    }
    return [];
  }

  private async snapshot(): Promise<Seen> {
    const seen: Seen = new Map();
    const look = async (path: string) => ({ path, facts: await stat(path).catch(() => undefined) });
    for await (const { path, facts } of mapConcurrently(await this.files(), 32, look)) {
      seen.set(path, facts ? `${facts.size} ${facts.mtimeMs} ${facts.ino}` : 'missing');
    }
    return seen;
  }
}

function difference(before: Seen, after: Seen): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path));
}
