import type { CostEstimate, FailureGroup, ItemCounts } from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { FailureGroups } from './failure-groups';

/** The service bills at least this much memory (128 MB) for every second. */
const MEMORY_FLOOR_BYTES = 128 * 1024 ** 2;
const BYTES_PER_GB = 1024 ** 3;

/**
 * Adds up a run's items, one by one: the memory it takes grows with the number of sessions and of causes of failure,
 * not with that of items.
 */
export class Summarizer {
  private readonly byStatus = { succeeded: 0, failed: 0, skipped: 0 };
  private readonly groups = new FailureGroups();
  private readonly sessions = new Set<string>();
  private cpuSeconds = 0;
  private gbSeconds = 0;

  add(item: ItemResult): void {
    this.byStatus[item.status] += 1;
    // What an earlier execution did is neither this one's time nor its cost.
    if (item.status === 'skipped') return;
    if (item.sessionId !== undefined) this.sessions.add(item.sessionId);
    if (item.status === 'failed') this.groups.add(item);
    this.addUsage(item);
  }

  /** Adds what something took that ran, also of what is no item of the run. */
  addUsage({ cpuSeconds, peakMemoryBytes = 0, durationSeconds }: ItemResult): void {
    this.cpuSeconds += cpuSeconds ?? durationSeconds;
    this.gbSeconds += (Math.max(peakMemoryBytes, MEMORY_FLOOR_BYTES) / BYTES_PER_GB) * durationSeconds;
  }

  get counts(): ItemCounts {
    const { succeeded, failed, skipped } = this.byStatus;
    return { total: succeeded + failed + skipped, succeeded, failed, skipped };
  }

  /** Failed items by cause, most frequent first. */
  get failures(): FailureGroup[] {
    return this.groups.mostFrequentFirst();
  }

  /** Sessions in which at least one item of this execution ran. */
  get sessionsUsed(): number {
    return this.sessions.size;
  }

  get cost(): CostEstimate {
    return estimateCost({ cpuSeconds: this.cpuSeconds, gbSeconds: this.gbSeconds });
  }
}

/** What the estimate is made from. */
export interface Usage {
  /** Active CPU time of all items, in vCPU-seconds. */
  readonly cpuSeconds: number;
  /** Peak memory of each item times its duration, in GB-seconds. */
  readonly gbSeconds: number;
}

/**
 * Estimates in US dollars what the service bills for items, at the prices in `lib/contract/service.ts`.
 *
 * CPU is the items' measured CPU time; where it could not be measured, one busy vCPU for the item's duration. Memory
 * is each item's peak, at least the 128 MB that the service always bills, for as long as the item ran.
 *
 * It leaves out what happens between the items of a session (its start, warming imports, moving files, idling until it
 * is stopped), that a session's peak outlives the item which caused it, and everything that is not the interpreter:
 * Lambda, Step Functions, S3, logs and data transfer. The bill is therefore higher; the ratio between runs holds.
 */
export function estimateCost(usage: Usage): CostEstimate {
  const cpu = round((usage.cpuSeconds / 3600) * PRICES.vcpuHour);
  const memory = round((usage.gbSeconds / 3600) * PRICES.gbHour);
  return { cpu, memory, total: round(cpu + memory), pricesAsOf: PRICES.asOf };
}

/** To millionths of a dollar: an item of a second costs about thirty of them. */
function round(dollars: number): number {
  return Math.round(dollars * 1e6) / 1e6;
}
