import type { BatchInput } from './batch-input';
import type { JsonObject } from './json';

/** What a schedule sends to the starter. */
export interface ScheduledStart {
  readonly kind: 'schedule';
  /** The id of the schedule: the executions are named after it. */
  readonly schedule: string;
  /** ISO 8601, UTC: when the execution was due, not when its flexible window or a retry let it begin. */
  readonly scheduledTime: string;
  /** In which fields of the prefix are filled in, such as `Europe/Zurich`. */
  readonly timeZone: string;
  /** With fields such as `{date}`; absent: the batch's own prefix. */
  readonly prefix?: string;
  /** How long before the scheduled time the moment is whose date goes into the prefix, in seconds. */
  readonly lookBackSeconds: number;
  /** Besides `scheduledTime`, which is always among them. */
  readonly parameters: JsonObject;
  /** Whether nothing is started while an execution of the batch runs. */
  readonly skipIfRunning: boolean;
}

/** What came of a schedule's call. */
export interface ScheduledStartResult {
  /** `started`; `existed`, the same start had been made before; `skipped`, another execution runs. */
  readonly outcome: 'started' | 'existed' | 'skipped';
  readonly executionName: string;
  /** The execution that was in the way. */
  readonly running?: string;
}

/** What a trigger for uploads tells the starter. */
export interface UploadTrigger {
  /** The ARN of the queue that the trigger's messages come from. */
  readonly queue: string;
  /** The id of the trigger: the executions are named after it. */
  readonly trigger: string;
  readonly prefix: string;
  /** Only keys that end in one of these; empty: all. */
  readonly suffixes: string[];
  /** Absent: the batch has none. */
  readonly filters?: UploadFilters;
  readonly parameters: JsonObject;
}

/** The patterns of the batch's own input, matched with what follows its prefix. */
export type UploadFilters = Pick<BatchInput, 'prefix' | 'include' | 'exclude'>;

/** The fields that a schedule's prefix may hold in braces. */
export const PREFIX_FIELDS = ['date', 'yyyy', 'MM', 'dd', 'HH', 'mm'] as const;
export type PrefixField = (typeof PREFIX_FIELDS)[number];

/** The largest input of an execution, in bytes of UTF-8 (quota of Step Functions: 256 KiB). */
export const EXECUTION_INPUT_MAX_BYTES = 262_144;

/** The most that all triggers of a batch take, in bytes of a Lambda's environment: it has 4 KB. */
export const UPLOAD_TRIGGERS_MAX_BYTES = 3_300;

/** The longest id of a schedule or trigger, in characters: with a time and a digest, a name has 80 at most. */
export const START_ID_PATTERN = /^[A-Za-z0-9_-]{1,40}$/;
