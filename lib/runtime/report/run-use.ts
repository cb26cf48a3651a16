import type { ItemResult } from '../../contract/batch-item';
import { looksAt } from './workflow-cost';

/** The service bills at least this much memory (128 MB) for every second. */
export const MEMORY_FLOOR_BYTES = 128 * 1024 ** 2;

/** What items took together, as far as it was measured: what an estimate of the cost is made from. */
export interface RunUse {
  readonly items: number;
  /** Output files. */
  readonly files: number;
  /** Sessions in which at least one item ran. */
  readonly sessions: number;
  readonly seconds: number;
  /** Where it could not be measured, one busy vCPU for the item's duration. */
  readonly cpuSeconds: number;
  /** What the sessions held, on average over the time: a session keeps the peak of its largest item. */
  readonly peakBytes: number;
  /** How often items in the background were looked at; 0 where they run in the foreground. */
  readonly looks: number;
}

/** Adds up what items took; the memory that takes grows with the number of sessions only. */
export class UseMeter {
  private readonly sums = { items: 0, files: 0, seconds: 0, cpuSeconds: 0, looks: 0 };
  private readonly sessions = new Map<string, { seconds: number; peakBytes: number }>();

  /** @param longItems whether items ran in the background of their sessions */
  constructor(private readonly longItems = false) {}

  add({ sessionId, cpuSeconds, peakMemoryBytes = 0, durationSeconds, files }: ItemResult): void {
    const { sums } = this;
    sums.items += 1;
    sums.files += files.length;
    sums.seconds += durationSeconds;
    sums.cpuSeconds += cpuSeconds ?? durationSeconds;
    if (sessionId === undefined) {
      return;
    }
    sums.looks += this.longItems ? looksAt(durationSeconds) : 0;
    const { seconds, peakBytes } = this.sessions.get(sessionId) ?? { seconds: 0, peakBytes: MEMORY_FLOOR_BYTES };
    this.sessions.set(sessionId, {
      seconds: seconds + durationSeconds,
      peakBytes: Math.max(peakBytes, peakMemoryBytes),
    });
  }

  get use(): RunUse {
    const sessions = [...this.sessions.values()];
    const seconds = sessions.reduce((sum, session) => sum + session.seconds, 0);
    const byteSeconds = sessions.reduce((sum, session) => sum + session.seconds * session.peakBytes, 0);
    const peakBytes = seconds > 0 ? byteSeconds / seconds : MEMORY_FLOOR_BYTES;
    return { ...this.sums, sessions: sessions.length, peakBytes };
  }
}
