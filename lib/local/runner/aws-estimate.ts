import type { ItemResult } from '../../contract/batch-item';
import { type RunCost, runCost, sessionTimes } from '../../runtime/report/run-cost';
import { type RunUse, UseMeter } from '../../runtime/report/run-use';
import type { WorkerSize } from '../../runtime/report/workflow-cost';
import type { BatchDeployment } from './deployment';
import { isDistributedMap } from './states/definition';

/** What is assumed of AWS besides, since it cannot be measured here: see docs/local.md. */
const ASSUMED = {
  /** Plan and Report together, at least; in seconds. */
  planAndReport: 10,
  /** Calls of one operation that an account has in a second. */
  callsASecond: 30,
} as const;

/** How a batch is cut into sessions, and what calls them. */
export interface BatchShape {
  readonly itemsPerSession: number;
  readonly maxConcurrency: number;
  /** Whether items run in the background of their session, looked at now and then. */
  readonly longItems: boolean;
  readonly worker: WorkerSize;
}

/** What so many items would cost, and how long they would take, in seconds. */
export interface AwsEstimate {
  readonly items: number;
  readonly seconds: number;
  readonly cost: RunCost;
}

/** The shape of a batch, from its template. */
export function shapeOf({ stateMachine, settings, lambdas, worker }: BatchDeployment): BatchShape {
  const map = Object.values(stateMachine.definition.States).find(isDistributedMap);
  const { ItemBatcher, MaxConcurrency } = (map ?? {}) as {
    ItemBatcher?: { MaxItemsPerBatch?: number };
    MaxConcurrency?: number;
  };
  const { memoryMegabytes = 1024, architecture = 'x86_64' } = lambdas.get(worker) ?? {};
  return {
    itemsPerSession: ItemBatcher?.MaxItemsPerBatch ?? 1,
    maxConcurrency: MaxConcurrency ?? 10_000,
    longItems: settings.longItems,
    worker: { gb: memoryMegabytes / 1024, architecture },
  };
}

/** What the items that ran took; nothing if none did. */
export function measure(results: readonly ItemResult[], longItems: boolean): RunUse | undefined {
  const meter = new UseMeter(longItems);
  const ran = results.filter(({ sessionId, durationSeconds }) => sessionId !== undefined && durationSeconds > 0);
  for (const result of ran) {
    meter.add(result);
  }
  return ran.length === 0 ? undefined : meter.use;
}

/** What so many items like those that were measured would cost on AWS, and how long they would take. */
export function estimateOnAws(items: number, measured: RunUse, shape: BatchShape): AwsEstimate {
  const use = items === measured.items ? measured : extrapolate(measured, items, shape.itemsPerSession);
  const { seconds: sessionSeconds, callsEach } = sessionTimes(use);
  const atOnce = Math.min(use.sessions, shape.maxConcurrency);
  const calls = use.sessions * Math.max(1, callsEach);
  const seconds = ASSUMED.planAndReport + Math.max(sessionSeconds / atOnce, calls / ASSUMED.callsASecond);
  return { items, seconds, cost: runCost(use, shape.worker) };
}

function extrapolate(measured: RunUse, items: number, itemsPerSession: number): RunUse {
  const factor = items / measured.items;
  return {
    items,
    sessions: Math.ceil(items / itemsPerSession),
    files: measured.files * factor,
    seconds: measured.seconds * factor,
    cpuSeconds: measured.cpuSeconds * factor,
    looks: measured.looks * factor,
    peakBytes: measured.peakBytes,
  };
}
