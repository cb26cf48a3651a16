import type { ItemResult } from '../../contract/batch-item';
import { PRICES } from '../../contract/service';
import { AWS_PRICES } from './aws-prices';
import type { BatchDeployment } from './deployment';
import { isDistributedMap } from './states/definition';

/** What is assumed of AWS, since it cannot be measured here: see docs/local.md. In seconds, unless it says otherwise. */
export const ASSUMED = {
  /** Starting a session, warming imports and stopping it. One vCPU is busy meanwhile. */
  sessionOverhead: 3,
  /** Of one call of InvokeCodeInterpreter, beside what the code takes. */
  invoke: 0.14,
  /** Plan and Report together, at least. */
  planAndReport: 10,
  /** Calls of one operation that an account has in a second. */
  callsASecond: 30,
  /** One look at an item that runs in the background, and between two of them. */
  look: 2,
  betweenLooks: 60,
} as const;

/** Of docs/scale.md. */
const TRANSITIONS = { parent: 6, child: 7, look: 3 } as const;
const LAMBDA_CALLS = { parent: 2, child: 3 } as const;
/** A worker is called again before Lambda ends it. */
const CALL_SECONDS = 14 * 60;
/** How items are grouped: lib/runtime/batch/item-groups.ts. */
const GROUP = { items: 25, seconds: 10, invokes: 3 } as const;
const MEMORY_FLOOR_BYTES = 128 * 1024 ** 2;
const GIB = 1024 ** 3;

/** How a batch is cut into sessions, and what calls them. */
export interface BatchShape {
  readonly itemsPerSession: number;
  readonly maxConcurrency: number;
  /** Whether items run in the background of their session, looked at now and then. */
  readonly longItems: boolean;
  readonly workerGb: number;
  readonly workerArchitecture: 'arm64' | 'x86_64';
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
    workerGb: memoryMegabytes / 1024,
    workerArchitecture: architecture,
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
  const children = Math.ceil(items / shape.itemsPerSession);
  const inSession = items / children;
  const invokes = shape.longItems ? looksPerItem(measured) * inSession : GROUP.invokes * groupsIn(inSession, measured);
  const sessionSeconds = ASSUMED.sessionOverhead + inSession * measured.seconds + invokes * ASSUMED.invoke;
  const looks = shape.longItems ? children * inSession * looksPerItem(measured) : 0;
  const lambdaSeconds = shape.longItems
    ? children * ASSUMED.sessionOverhead + looks * ASSUMED.look
    : children * sessionSeconds;
  const lambdaCalls =
    LAMBDA_CALLS.parent +
    children * LAMBDA_CALLS.child +
    (shape.longItems ? looks : children * Math.floor(sessionSeconds / CALL_SECONDS));
  const transitions = TRANSITIONS.parent + children * TRANSITIONS.child + looks * TRANSITIONS.look;
  const writes = items * (2 + measured.files);
  const reads = items * 2 + children;
  const parts = {
    sessionCpu: ((items * measured.cpuSeconds + children * ASSUMED.sessionOverhead) / 3600) * PRICES.vcpuHour,
    sessionMemory: ((children * sessionSeconds * measured.peakBytes) / GIB / 3600) * PRICES.gbHour,
    lambda:
      lambdaCalls * AWS_PRICES.lambdaRequest +
      lambdaSeconds * shape.workerGb * AWS_PRICES.lambdaGbSecond[shape.workerArchitecture],
    stepFunctions: transitions * AWS_PRICES.stateTransition,
    s3: writes * AWS_PRICES.s3Write + reads * AWS_PRICES.s3Read,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const atOnce = Math.min(children, shape.maxConcurrency);
  const calls = children * Math.max(1, invokes);
  const seconds = ASSUMED.planAndReport + Math.max((children * sessionSeconds) / atOnce, calls / ASSUMED.callsASecond);
  return { items, seconds, total, ...parts };
}

/** The first item goes alone. */
function groupsIn(items: number, { seconds }: MeasuredItems): number {
  const together = Math.max(1, Math.min(GROUP.items, Math.floor(GROUP.seconds / seconds)));
  return 1 + Math.max(0, items - 1) / together;
}

/** Started, looked at until it has ended, and read. */
function looksPerItem({ seconds }: MeasuredItems): number {
  return 2 + Math.ceil(seconds / ASSUMED.betweenLooks);
}
