import type { BatchRequest, RunSummary } from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';
import type { Emulator, EmulatorOptions } from '../emulator';
import type { BatchShape } from './aws-estimate';
import type { FoundInputs } from './input-files';
import type { S3FaultOptions } from './s3-faults';
import type { ExecutionOutcome, MapRunListener } from './states/services';

/** What the stand-ins for AWS are to be like. */
export interface LocalEnvironmentOptions {
  /** A folder for what the local S3 holds. Default: it is in memory, and gone with the world. */
  readonly storage?: string;
  /** A Python interpreter with IPython; without one, Python scripts cannot run. */
  readonly python?: string;
  readonly isolation?: 'auto' | 'require' | 'off';
  /** Ends the run, which resolves as `ABORTED`. One that is aborted while it is being started rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** What the Lambdas log. */
  readonly log?: (line: string) => void;
  /** What the emulator is to be like beside: quotas, latencies, faults and their seed. */
  readonly emulator?: Pick<
    EmulatorOptions,
    'quotas' | 'latencies' | 'faults' | 'seed' | 'limits' | 'poolSize' | 'omitEmptyFiles'
  >;
  /** For drills: how the local S3 fails. Default: it does not. */
  readonly s3Faults?: S3FaultOptions;
}

/** The staging bucket, as far as drills change it. */
export interface StagingBucketAccess {
  put(key: string, body: string, contentType: string): Promise<void>;
}

/** How one execution is to go. */
export interface RunOptions {
  /** Whether a table for spreadsheets is written, too, whatever the batch says. Default: as the batch says. */
  readonly spreadsheet?: boolean;
  /** Where the run's results are written to. What an earlier run left there makes way. */
  readonly output: string;
  /** What the execution is started with. With a `runId`, a run that the storage holds is resumed. */
  readonly request?: BatchRequest;
  /** The execution's name, which is the id of a new run. Default: the time. */
  readonly name?: string;
  /** A script that takes the place of the batch's own. */
  readonly script?: string;
  /** Only so many items are run: the first of the batch's plan. Default: all. */
  readonly limit?: number;
  /** Whether the run is stopped at the first item that fails. Default: false. */
  readonly failFast?: boolean;
  readonly progress?: RunProgress;
  /** Stops the execution. */
  readonly signal?: AbortSignal;
  /** For drills: once so many items have a result, the Lambdas that are working crash. */
  readonly crashAfterItems?: number;
  /** For drills: asked when the execution has not succeeded, with the staging bucket; true redrives it. */
  readonly redrive?: (ended: ExecutionOutcome, bucket: StagingBucketAccess) => Promise<boolean>;
  /** Told of the child executions. */
  readonly listener?: MapRunListener;
  /** Seconds of the workflow's waits and retry intervals are multiplied by this. Default: 1. */
  readonly timeScale?: number;
}

/** What a run begins with. */
export interface RunStart {
  readonly batch: string;
  readonly runId: string;
  /** How many items this execution has to do. */
  readonly items: number;
  /** How many an earlier execution of the run has done. */
  readonly done: number;
  /** How many there would be without a limit; missing if there is none. */
  readonly of?: number;
  readonly isolation: Emulator['isolation'];
  /** How many sessions are in use at this moment. */
  readonly sessionsOpen: () => number;
}

/** Told how a run gets on. */
export interface RunProgress {
  inputsFound?(inputs: FoundInputs): void;
  started?(facts: RunStart): void;
  itemEnded?(result: ItemResult): void;
  /** A run is resumed, and these of its inputs are not what they were when it began. */
  inputsChanged?(inputs: { key: string; gone: boolean }[]): void;
}

export interface LocalRunResult {
  readonly runId: string;
  readonly outcome: ExecutionOutcome;
  /** Missing if the run ended before its report. */
  readonly summary?: RunSummary;
  /** The folder with everything that the run left in the bucket. */
  readonly folder: string;
  /** Missing if there was no plan. */
  readonly items?: RunItems;
  /** The item at which a run that fails fast was stopped. */
  readonly firstFailure?: ItemResult;
  /** Sessions of the emulator that were still open at the end. */
  readonly sessionsLeft: number;
  readonly sessionsStarted: number;
  /** Calls of InvokeCodeInterpreter, of the last 10,000. */
  readonly invocations: number;
  /** How the batch would be cut into sessions on AWS. */
  readonly shape: BatchShape;
}

/** How many items a run had. */
export interface RunItems {
  readonly planned: number;
  /** Those that this execution had to do. */
  readonly toDo: number;
  /** Those that got a result in it. */
  readonly ended: number;
  /** Without the limit; missing if there was none. */
  readonly of?: number;
}
