import type { JsonValue } from '../../../contract/json';
import type { Definition } from './definition';

/** What a definition's states reach: Lambdas by ARN, and S3 for a Map Run's reader and writer. */
export interface ExecutionServices {
  invoke(lambdaArn: string, input: JsonValue): Promise<JsonValue>;
  readObject(bucket: string, key: string): Promise<string>;
  writeObject(bucket: string, key: string, body: string): Promise<void>;
  /** Seconds of a Wait or of a pause before a retry are multiplied by this. Default: 1. */
  readonly timeScale?: number;
  readonly listener?: MapRunListener;
  readonly signal?: AbortSignal;
}

/** How an execution ended. */
export interface ExecutionOutcome {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED' | 'TIMED_OUT';
  readonly output?: JsonValue;
  readonly error?: string;
  readonly cause?: string;
  /** The states that were entered, in order; those of child executions are their own. */
  readonly path: string[];
  /** The state that it was in at last, and that state's input: where a redrive begins. */
  readonly last?: { readonly state: string; readonly input: JsonValue };
}

/** What tells an execution apart. */
export interface ExecutionIdentity {
  readonly arn: string;
  readonly name: string;
  /** How often it has been redriven. Default: 0. */
  readonly redriveCount?: number;
}

/** Told of the child executions of a Map Run. */
export interface MapRunListener {
  childStarted?(name: string, items: number): void;
  childEnded?(name: string, outcome: ExecutionOutcome): void;
}

/** Executes a definition under an ARN and a name. */
export type Execute = (
  definition: Definition,
  input: JsonValue,
  execution: ExecutionIdentity,
  services: ExecutionServices,
) => Promise<ExecutionOutcome>;
