import type { CostEstimate, FailureGroup, ItemCounts, WarningGroup } from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { FailureGroups } from './failure-groups';
import { runCost } from './run-cost';
import { UseMeter } from './run-use';
import { WarningGroups } from './warning-groups';

/**
 * Adds up a run's items, one by one: the memory it takes grows with the number of sessions and of causes of failure,
 * not with that of items.
 */
export class Summarizer {
  private readonly byStatus = { succeeded: 0, failed: 0, skipped: 0 };
  private readonly groups = new FailureGroups();
  private readonly warningGroups = new WarningGroups();
  private readonly sessions = new Set<string>();
  private readonly meter: UseMeter;

  /** @param longItems whether items ran in the background of their sessions */
  constructor(longItems = false) {
    this.meter = new UseMeter(longItems);
  }

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
  addUsage(result: ItemResult): void {
    this.meter.add(result);
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
    const { cpu, memory, lambda, stepFunctions, s3, total } = runCost(this.meter.use);
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
}

/** To millionths of a dollar: an item of a second costs about thirty of them. */
function round(dollars: number): number {
  return Math.round(dollars * 1e6) / 1e6;
}
