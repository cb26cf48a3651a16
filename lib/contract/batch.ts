import type { BatchRequest } from './batch-input';
import type { BatchItem, ItemResult, ItemWarningCode } from './batch-item';
import type { FailureTolerance } from './batch-settings';
import type { JsonObject } from './json';
import type { Language } from './service';

export type { BatchInput, BatchRequest, RequestedItem } from './batch-input';
export type {
  BatchSettings,
  CombineSettings,
  FailureTolerance,
  ScriptSettings,
  SetupSettings,
  StageSettings,
} from './batch-settings';

/** What the Plan state is called with. */
export interface PlanRequest {
  readonly executionName: string;
  readonly request: BatchRequest;
}

/** What Plan hands on to the Map Run and to Report. */
export interface Plan {
  readonly runId: string;
  readonly startedAt: string;
  /** All items of the run, one JSON object a line. */
  readonly manifestKey: string;
  /** The items this execution has to do; what the Map Run reads. */
  readonly pendingKey: string;
  readonly total: number;
  readonly pending: number;
  readonly parameters: JsonObject;
}

/** The two scripts of a batch: the one that runs on each item, and the one that combines what they came to. */
export type Stage = 'analyse' | 'combine';

/** What every child execution of a Map Run gets besides its items. */
export interface SessionContext {
  readonly runId: string;
  readonly stage: Stage;
  readonly parameters: JsonObject;
}

/** Requests to the worker, by the state that makes them. */
export type WorkerRequest = StartSessionRequest | RunItemsRequest | StopSessionRequest | GiveUpRequest;

export interface StartSessionRequest {
  readonly action: 'start';
  readonly runId: string;
  readonly stage: Stage;
  /** The child execution's name: makes the start idempotent, and the session findable. */
  readonly childName: string;
  /** Counts the sessions of this child execution, from 1. */
  readonly attempt: number;
}

export interface StartedSession {
  readonly sessionId: string;
  readonly attempt: number;
  /** When its time to live ends, in seconds since 1970. */
  readonly endsAt: number;
}

export interface RunItemsRequest {
  readonly action: 'run';
  readonly context: SessionContext;
  readonly sessionId: string;
  readonly items: BatchItem[];
  /** The ids of items during which earlier sessions died; an id as often as that happened. */
  readonly suspects: string[];
  /** When the session ends, in seconds since 1970. */
  readonly sessionEndsAt: number;
  /** The item that runs in the background, if one does. A list, since null is no value to every reader of JSONPath. */
  readonly tasks: BackgroundTask[];
  /** The session that has been set up, by an earlier call; empty before. */
  readonly preparedSession: string;
}

/** An item that runs as a command of its own, across calls of the worker. */
export interface BackgroundTask {
  readonly taskId: string;
  /** In which it runs. */
  readonly sessionId: string;
  readonly itemId: string;
  /** In seconds since 1970. */
  readonly startedAt: number;
}

/**
 * What a call of the worker came to: `done`, all items have a result; `more`, it returned before Lambda's limit and
 * wants to be called again; `waiting`, so it does, but not before `waitSeconds`; `sessionLost`, the session is gone and what is left needs a new one.
 */
export interface RunItemsResponse {
  readonly status: 'done' | 'more' | 'waiting' | 'sessionLost';
  readonly succeeded: number;
  readonly failed: number;
  readonly suspects: string[];
  readonly tasks: BackgroundTask[];
  readonly waitSeconds: number;
  readonly preparedSession: string;
}

export interface StopSessionRequest {
  readonly action: 'stop';
  readonly sessionId: string;
}

/** Records what no session could do, with the reason. */
export interface GiveUpRequest {
  readonly action: 'giveUp';
  readonly context: SessionContext;
  readonly items: BatchItem[];
  readonly failure: StateFailure;
}

/** An error as Step Functions hands it to a Catch. */
export interface StateFailure {
  readonly Error: string;
  /** Of a Lambda, JSON with `errorMessage` in it. */
  readonly Cause: string;
}

export interface GivenUpItems {
  readonly notProcessed: number;
}

export interface StoppedSession {
  readonly stopped: boolean;
}

/** Requests to the reporter, by the state that makes them. */
export type ReporterRequest = GatherRequest | ReportRequest | FailRequest;

export interface GatherRequest {
  readonly action: 'gather';
  readonly runId: string;
  readonly executionName: string;
  /** Why the Map Run as a whole failed; without texts if it did not. */
  readonly mapFailure: StateFailure;
}

export interface GatherResponse {
  /** Whether the combining script is to run: there is one, and enough items have succeeded. */
  readonly combine: boolean;
  /** Its only item, as the Map Run of the combining script reads it. */
  readonly combineKey: string;
}

export interface ReportRequest {
  readonly action: 'report';
  readonly plan: Plan;
  readonly combine: boolean;
  /** As of Gather, or why the Map Run of the combining script failed. */
  readonly mapFailure: StateFailure;
  /** How often the execution has been redriven. */
  readonly redriveCount: number;
}

/** What Report returns, small enough for a state's output; the rest is in `summary.json`. */
export interface ReportResponse {
  readonly runId: string;
  readonly status: RunSummary['status'];
  /** The error that the execution fails with; empty if the run has succeeded. */
  readonly error: string;
  readonly redriveCount: number;
  readonly counts: ItemCounts;
  readonly summaryKey: string;
  readonly resultsKey: string;
  readonly reportKey: string;
  /** One line for the cause of a failed execution. */
  readonly message: string;
}

/** Fails, with the error that Report has found; unless the execution has been redriven since, which is a new try. */
export interface FailRequest {
  readonly action: 'fail';
  readonly report: ReportResponse;
  readonly redriveCount: number;
}

export interface TryAgain {
  readonly tryAgain: true;
}

export interface SweptSessions {
  readonly stopped: number;
}

export interface ItemCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `summary.json`. */
export interface RunSummary {
  readonly version: 1;
  readonly batch: string;
  readonly runId: string;
  readonly status: 'succeeded' | 'failed';
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationSeconds: number;
  readonly counts: ItemCounts;
  readonly tolerated: FailureTolerance;
  /** How often each cause of failure was met, most frequent first. */
  readonly failures: FailureGroup[];
  /** Warnings of items, most frequent first. */
  readonly warnings: WarningGroup[];
  readonly sessions: {
    /** Sessions in which at least one item ran. */
    readonly used: number;
    /** Sessions still open under the run's name at its end, which Report stopped. */
    readonly orphaned: number;
    /** Why sessions that are still open could not be looked for or stopped, where that failed: some may be left. */
    readonly sweepFailure?: string;
  };
  /** Why a Map state of the execution failed, where one did: items that it had not come to are `NotProcessed`. */
  readonly mapFailure?: string;
  readonly cost: CostEstimate;
  readonly script: { readonly name: string; readonly language: Language };
  readonly parameters: JsonObject;
  readonly bucket: string;
  /** JSON Lines. */
  readonly resultsKey: string;
  /** CSV. */
  readonly tableKey: string;
  readonly reportKey: string;
  /** The result of the combining script, if the batch has one and it ran. */
  readonly combined?: ItemResult;
}

export interface WarningGroup {
  readonly code: ItemWarningCode;
  /** That of the first of these items. */
  readonly message: string;
  /** How many items have it. */
  readonly count: number;
  /** Ids of the first few of these items. */
  readonly items: string[];
}

export interface FailureGroup {
  readonly name: string;
  readonly message: string;
  readonly count: number;
  /** Ids of the first few of these items. */
  readonly items: string[];
}

/**
 * An estimate of what a run cost, in US dollars: its sessions, from measured CPU time, memory and durations, and what is
 * around them, from counts of items, sessions and files.
 */
export interface CostEstimate {
  readonly cpu: number;
  readonly memory: number;
  readonly lambda: number;
  readonly stepFunctions: number;
  /** Requests only. */
  readonly s3: number;
  readonly total: number;
  /** Year and month of the prices of sessions; those of the rest are of {@link AWS_PRICES}. */
  readonly pricesAsOf: string;
}
