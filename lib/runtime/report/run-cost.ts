import { PRICES } from '../../contract/service';
import { GROUP_ROUND_TRIPS, GROUP_SECONDS, MAX_GROUP_ITEMS } from '../batch/item-groups';
import type { RunUse } from './run-use';
import { ASSUMED_SECONDS, type WorkerSize, type WorkflowCost, workflowCost } from './workflow-cost';

/** Assumed of one call of InvokeCodeInterpreter, beside what the code takes; in seconds. */
const CALL_SECONDS = 0.14;
const GIB = 1024 ** 3;

/** In US dollars. */
export interface RunCost extends WorkflowCost {
  readonly cpu: number;
  readonly memory: number;
  readonly total: number;
}

/** What sessions take beside their items: all together, in seconds, and how often each is called. */
export interface SessionTimes {
  readonly seconds: number;
  readonly callsEach: number;
}

/**
 * Estimates what a run costs, at the list prices in `lib/contract/service.ts` and `aws-prices.ts`: the one estimate of the
 * report, the metrics and the terminal.
 *
 * A session is billed from its start to its end for the peak of its memory, and for the CPU time of its items; while it
 * starts and warms imports, one vCPU is busy. Retries, logs, storage, data transfer and free tiers are left out.
 */
export function runCost(use: RunUse, worker?: WorkerSize): RunCost {
  const { items, files, sessions, looks } = use;
  const { seconds: sessionSeconds } = sessionTimes(use);
  const parts = {
    cpu: ((use.cpuSeconds + sessions * ASSUMED_SECONDS.sessionOverhead) / 3600) * PRICES.vcpuHour,
    memory: ((sessionSeconds * use.peakBytes) / GIB / 3600) * PRICES.gbHour,
    ...workflowCost({ items, files, sessions, sessionSeconds, looks }, worker),
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

export function sessionTimes({ items, sessions, seconds, looks }: RunUse): SessionTimes {
  if (sessions === 0) {
    return { seconds: 0, callsEach: 0 };
  }
  const callsEach = looks > 0 ? looks / sessions : GROUP_ROUND_TRIPS * groupsIn(items / sessions, seconds / items);
  return { seconds: seconds + sessions * (ASSUMED_SECONDS.sessionOverhead + callsEach * CALL_SECONDS), callsEach };
}

/** The first item goes alone. */
function groupsIn(items: number, secondsEach: number): number {
  const together = Math.max(1, Math.min(MAX_GROUP_ITEMS, Math.floor(GROUP_SECONDS / secondsEach)));
  return 1 + Math.max(0, items - 1) / together;
}
