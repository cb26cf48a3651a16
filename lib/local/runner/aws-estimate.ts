import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { GROUP_ROUND_TRIPS, GROUP_SECONDS, MAX_GROUP_ITEMS } from '../../runtime/batch/item-groups';
import { MEMORY_FLOOR_BYTES } from '../../runtime/report/summarize';
import { ASSUMED_SECONDS, looksAt, type WorkerSize, workflowCost } from '../../runtime/report/workflow-cost';
import type { BatchDeployment } from './deployment';
import { isDistributedMap } from './states/definition';

/** What is assumed of AWS besides, since it cannot be measured here: see docs/local.md. In seconds, unless it says otherwise. */
const ASSUMED = {
  /** Of one call of InvokeCodeInterpreter, beside what the code takes. */
  invoke: 0.14,
  /** Plan and Report together, at least. */
  planAndReport: 10,
  /** Calls of one operation that an account has in a second. */
  callsASecond: 30,
} as const;

const GIB = 1024 ** 3;

/** How a batch is cut into sessions, and what calls them. */
export interface BatchShape {
  readonly itemsPerSession: number;
  readonly maxConcurrency: number;
  /** Whether items run in the background of their session, looked at now and then. */
  readonly longItems: boolean;
  readonly worker: WorkerSize;
}

/** What was measured of the items, on average. */
export interface MeasuredItems {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** The largest of all: a session keeps its peak. */
  readonly peakBytes: number;
  /** Files that an item left. */
  readonly files: number;
}

/** In US dollars, and seconds. */
export interface AwsEstimate {
  readonly items: number;
  readonly seconds: number;
  readonly total: number;
  readonly sessionCpu: number;
  readonly sessionMemory: number;
  readonly lambda: number;
  readonly stepFunctions: number;
  readonly s3: number;
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
export function measure(results: readonly ItemResult[]): MeasuredItems | undefined {
  const ran = results.filter(({ sessionId, durationSeconds }) => sessionId !== undefined && durationSeconds > 0);
  if (ran.length === 0) {
    return undefined;
  }
  const mean = (value: (item: ItemResult) => number) => ran.reduce((sum, item) => sum + value(item), 0) / ran.length;
  return {
    seconds: mean(({ durationSeconds }) => durationSeconds),
    cpuSeconds: mean(({ cpuSeconds, durationSeconds }) => cpuSeconds ?? durationSeconds),
    peakBytes: ran.reduce((most, { peakMemoryBytes = 0 }) => Math.max(most, peakMemoryBytes), MEMORY_FLOOR_BYTES),
    files: mean(({ files, stdout, stderr }) => files.length + (stdout?.key ? 1 : 0) + (stderr?.key ? 1 : 0)),
  };
}

/** What so many items like those that were measured would cost on AWS, and how long they would take. */
export function estimateOnAws(items: number, measured: MeasuredItems, shape: BatchShape): AwsEstimate {
  const { sessionOverhead } = ASSUMED_SECONDS;
  const sessions = Math.ceil(items / shape.itemsPerSession);
  const inSession = items / sessions;
  const looksAtEach = shape.longItems ? looksAt(measured.seconds) : 0;
  const invokes = shape.longItems ? looksAtEach * inSession : GROUP_ROUND_TRIPS * groupsIn(inSession, measured);
  const secondsEach = sessionOverhead + inSession * measured.seconds + invokes * ASSUMED.invoke;
  const sessionSeconds = sessions * secondsEach;
  const use = { items, files: items * measured.files, sessions, sessionSeconds, looks: items * looksAtEach };
  const parts = {
    // One vCPU is busy while a session begins.
    sessionCpu: ((items * measured.cpuSeconds + sessions * sessionOverhead) / 3600) * PRICES.vcpuHour,
    sessionMemory: ((sessionSeconds * measured.peakBytes) / GIB / 3600) * PRICES.gbHour,
    ...workflowCost(use, shape.worker),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const atOnce = Math.min(sessions, shape.maxConcurrency);
  const calls = sessions * Math.max(1, invokes);
  const seconds = ASSUMED.planAndReport + Math.max(sessionSeconds / atOnce, calls / ASSUMED.callsASecond);
  return { items, seconds, total, ...parts };
}

/** The first item goes alone. */
function groupsIn(items: number, { seconds }: MeasuredItems): number {
  const together = Math.max(1, Math.min(MAX_GROUP_ITEMS, Math.floor(GROUP_SECONDS / seconds)));
  return 1 + Math.max(0, items - 1) / together;
}
