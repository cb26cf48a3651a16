import type { CostEstimate, FailureGroup, ItemCounts } from './batch';

/** The `source` of events about runs. */
export const RUN_EVENT_SOURCE = 'cdk-agentcore-code-interpreter';

/** The `detail-type` of events about runs. */
export const RunEventType = {
  finished: 'Batch Run Finished',
  failed: 'Batch Run Failed',
} as const;
export type RunEventType = (typeof RunEventType)[keyof typeof RunEventType];

/** How an execution ended. Only `succeeded` is a success. */
export type RunStatus = 'succeeded' | 'failed' | 'timedOut' | 'aborted';

/** The `detail` of an event about a run: one for each execution of a batch that has ended, however it has. */
export interface RunEventDetail {
  readonly version: 1;
  readonly batch: string;
  readonly runId: string;
  readonly status: RunStatus;
  /** One line for people. */
  readonly message: string;
  /** The name of the error that ended the execution, such as `TooManyItemsFailed` or `InvalidInput`. */
  readonly error?: string;
  readonly executionArn: string;
  readonly executionName: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Absent, as everything below, if the execution ended before its report was written. */
  readonly counts?: ItemCounts;
  /** The most frequent causes of failed items, at most {@link RUN_EVENT_CAUSES}. */
  readonly failures?: Omit<FailureGroup, 'items'>[];
  readonly cost?: CostEstimate;
  readonly report?: ReportLink;
}

/** How many causes of failure an event names. */
export const RUN_EVENT_CAUSES = 5;
/** The longest text of an event that comes from elsewhere, such as a cause: in characters. */
export const RUN_EVENT_TEXT_CHARACTERS = 1_000;

export interface ReportLink {
  readonly bucket: string;
  readonly key: string;
  /** Opens the report without credentials, for whoever has it. */
  readonly url: string;
  /** ISO 8601, UTC. It ends earlier if the credentials that signed it do. */
  readonly urlExpiresAt: string;
}

/** Who is notified of runs, as the notifier's settings have it. */
export interface NotificationTarget {
  readonly kind: 'topic' | 'bus';
  /** The ARN of the SNS topic or of the event bus. */
  readonly arn: string;
  readonly onSuccess: boolean;
  readonly onFailure: boolean;
  /** How long the link to the report works, in seconds. */
  readonly linkSeconds: number;
}

/** Where batches keep their metrics. */
export const BATCH_METRIC_NAMESPACE = 'CdkAgentCoreCodeInterpreter/Batch';

/** Metrics of runs and of starts. */
export const BatchMetric = {
  itemsSucceeded: 'ItemsSucceeded',
  itemsFailed: 'ItemsFailed',
  itemsSkipped: 'ItemsSkipped',
  /** Seconds. */
  runDuration: 'RunDuration',
  /** US dollars. */
  estimatedCost: 'EstimatedCost',
  /** Scheduled starts that were left out since an execution was running. */
  startsSkipped: 'StartsSkipped',
} as const;
export type BatchMetric = (typeof BatchMetric)[keyof typeof BatchMetric];

/** The dimensions of all of these metrics. The bucket tells batches of one name in several stacks apart. */
export const BatchDimension = { batch: 'Batch', bucket: 'Bucket' } as const;
