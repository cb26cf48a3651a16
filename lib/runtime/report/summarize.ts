import type { CostEstimate, FailureGroup, ItemCounts, WarningGroup } from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { FailureGroups } from './failure-groups';
import { WarningGroups } from './warning-groups';
import { ASSUMED_SECONDS, looksAt, type WorkflowUse, workflowCost } from './workflow-cost';

/** The service bills at least this much memory (128 MB) for every second. */
export const MEMORY_FLOOR_BYTES = 128 * 1024 ** 2;
const BYTES_PER_GB = 1024 ** 3;

/**
 * Adds up a run's items, one by one: the memory it takes grows with the number of sessions and of causes of failure,
 * not with that of items.
 */
export class Summarizer {
  private readonly byStatus = { succeeded: 0, failed: 0, skipped: 0 };
  private readonly groups = new FailureGroups();
  private readonly warningGroups = new WarningGroups();
  private readonly sessions = new Set<string>();
  private readonly use = { cpuSeconds: 0, gbSeconds: 0, seconds: 0, items: 0, files: 0, looks: 0 };

  /** @param longItems whether items ran in the background of their sessions */
  constructor(private readonly longItems = false) {}

  add(item: ItemResult): void {
    this.byStatus[item.status] += 1;
    // What an earlier execution did is neither this one's time nor its cost.
    if (item.status === 'skipped') {
      return;
    }
    if (item.sessionId !== undefined) {
      this.sessions.add(item.sessionId);
    }
    if (item.status === 'failed') {
      this.groups.add(item);
    }
    this.warningGroups.add(item);
    this.addUsage(item);
  }

  /** Adds what something took that ran, also of what is no item of the run. */
  addUsage({ cpuSeconds, peakMemoryBytes = 0, durationSeconds, files }: ItemResult): void {
    const { use } = this;
    use.items += 1;
    use.files += files.length;
    use.seconds += durationSeconds;
    use.cpuSeconds += cpuSeconds ?? durationSeconds;
    use.gbSeconds += (Math.max(peakMemoryBytes, MEMORY_FLOOR_BYTES) / BYTES_PER_GB) * durationSeconds;
    use.looks += this.longItems ? looksAt(durationSeconds) : 0;
  }

  get counts(): ItemCounts {
    const { succeeded, failed, skipped } = this.byStatus;
    return { total: succeeded + failed + skipped, succeeded, failed, skipped };
  }

  /** Failed items by cause, most frequent first. */
  get failures(): FailureGroup[] {
    return this.groups.mostFrequentFirst();
  }

  /** Warnings of items, most frequent first. */
  get warnings(): WarningGroup[] {
    return this.warningGroups.mostFrequentFirst();
  }

  /** Sessions in which at least one item of this execution ran. */
  get sessionsUsed(): number {
    return this.sessions.size;
  }

  get cost(): CostEstimate {
    const sessions = this.sessions.size;
    const sessionSeconds = this.use.seconds + sessions * ASSUMED_SECONDS.sessionOverhead;
    return estimateCost({ ...this.use, sessions, sessionSeconds });
  }
}

/** What the estimate is made from. */
export interface Usage extends WorkflowUse {
  /** Active CPU time of all items, in vCPU-seconds. */
  readonly cpuSeconds: number;
  /** Peak memory of each item times its duration, in GB-seconds. */
  readonly gbSeconds: number;
}

/**
 * Estimates in US dollars what a run cost, at the list prices in `lib/contract/service.ts` and `aws-prices.ts`.
 *
 * CPU is the items' measured CPU time; where it could not be measured, one busy vCPU for the item's duration. Memory
 * is each item's peak, at least the 128 MB that the service always bills, for as long as the item ran.
 *
 * It leaves out what the interpreter bills between the items of a session (its start, warming imports, moving files, idling
 * until it is stopped), that a session's peak outlives the item which caused it, retries, logs, storage and data transfer.
 * The bill is therefore higher; the ratio between runs holds.
 */
export function estimateCost(usage: Usage): CostEstimate {
  const parts = {
    cpu: (usage.cpuSeconds / 3600) * PRICES.vcpuHour,
    memory: (usage.gbSeconds / 3600) * PRICES.gbHour,
    ...workflowCost(usage),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const { cpu, memory, lambda, stepFunctions, s3 } = parts;
  return {
    cpu: round(cpu),
    memory: round(memory),
    lambda: round(lambda),
    stepFunctions: round(stepFunctions),
    s3: round(s3),
    total: round(total),
    pricesAsOf: PRICES.asOf,
  };
}

/** To millionths of a dollar: an item of a second costs about thirty of them. */
function round(dollars: number): number {
  return Math.round(dollars * 1e6) / 1e6;
}
