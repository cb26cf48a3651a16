import type { ItemErrorName } from './errors';
import type { JsonObject } from './json';

/** One item of a run, as the manifest freezes it. */
export interface BatchItem {
  /** Unique in the run; safe as a file name and as part of an S3 key. */
  readonly id: string;
  /** The S3 key of the item's input, in the run's input bucket. */
  readonly key: string;
  /** The size of the input, in bytes. */
  readonly bytes: number;
  /** What this item adds to the run's parameters, or overrides. */
  readonly parameters?: JsonObject;
  /**
   * The same as JSON text, instead: where there are numbers that a reader of JSON may round on the way, such as Step Functions
   * and Lambda's runtime.
   */
  readonly parametersText?: string;
}

/** How an item of the manifest ended. `skipped`: an earlier execution of the same run had succeeded with it. */
export type ItemStatus = 'succeeded' | 'failed' | 'skipped';

/** A file that a script left in its output folder. */
export interface OutputFile {
  /** Relative to the output folder, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
  readonly contentType: string;
  /** Where it is in the results bucket. */
  readonly key: string;
}

/** What a script printed on one of its streams. */
export interface OutputText {
  /** How much was printed, in bytes. */
  readonly bytes: number;
  /** The beginning, and for long output the end, at most {@link OUTPUT_EXCERPT_CHARACTERS} characters. */
  readonly excerpt: string;
  /** Where the whole of it is in the results bucket, if the excerpt is not the whole. */
  readonly key?: string;
}

/** The longest excerpt of printed output that a result carries, in characters. */
export const OUTPUT_EXCERPT_CHARACTERS = 8_000;

export interface ItemError {
  readonly name: ItemErrorName;
  /** One line: for a script that raised, the exception's name and message. */
  readonly message: string;
  /** The traceback, if there is one. */
  readonly detail?: string;
}

/** An item's record: written once, at `items/<id>/result.json`, and a line of `results.jsonl`. */
export interface ItemResult {
  readonly id: string;
  readonly key: string;
  readonly bytes: number;
  readonly status: ItemStatus;
  /** What the item added to the run's parameters, or overrode. */
  readonly parameters?: JsonObject;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** How long the script ran, in seconds. */
  readonly durationSeconds: number;
  /** CPU time of the script, in seconds; absent where it could not be measured. */
  readonly cpuSeconds?: number;
  /** The largest resident memory of the script, in bytes; absent where it could not be measured. */
  readonly peakMemoryBytes?: number;
  /** The session that it ran in; absent if none did. */
  readonly sessionId?: string;
  readonly exitCode?: number;
  readonly error?: ItemError;
  /** The object in the script's `result.json`. */
  readonly row?: JsonObject;
  readonly files: OutputFile[];
  readonly stdout?: OutputText;
  readonly stderr?: OutputText;
}
