import type { IResource } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  BatchEventDestinationOptions,
  BatchNotificationOptions,
} from '../batch-notifications/batch-notifications';
import type { BatchScheduleOptions } from '../batch-start/batch-schedule';
import type { BatchUploadTriggerOptions } from '../batch-start/batch-upload';
import type { StagingArea } from '../staging/staging-area';

/** A batch analysis: one of this app, or an imported one (`BatchAnalysis.fromBatchAnalysisAttributes`). */
export interface IBatchAnalysis extends IResource {
  /** The workflow. */
  readonly stateMachine: sfn.IStateMachine;
  /** The name of the batch. */
  readonly batchName: string;
  /** The bucket of inputs and results. */
  readonly staging: StagingArea;
  /** Scheduled starts that failed for good. Undefined before the first schedule or upload trigger. */
  readonly startDeadLetterQueue?: sqs.IQueue;
  /** Notifications that failed for good. Undefined before the first topic or event bus. */
  readonly notificationDeadLetterQueue?: sqs.IQueue;
  /** Starts the batch on a schedule. */
  addSchedule(id: string, options: BatchScheduleOptions): scheduler.Schedule;
  /** Starts the batch for uploaded objects; returns the queue in which they gather. */
  addUploadTrigger(id: string, options?: BatchUploadTriggerOptions): sqs.Queue;
  /** Publishes the outcome of each execution to a topic, with a link to its report. */
  addNotification(topic: sns.ITopic, options?: BatchNotificationOptions): void;
  /** Sends an event to an event bus for each execution that has ended. */
  addEventDestination(options?: BatchEventDestinationOptions): void;
  /** Grants permission to start the batch. */
  grantStart(grantee: iam.IGrantable): iam.Grant;
  /** Grants permission to read results and reports. */
  grantReadResults(grantee: iam.IGrantable): iam.Grant;
  /** The key of a run's report in the staging bucket. */
  reportKey(runId: string): string;
  /** A metric of this batch; by default its sum. */
  metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Items that succeeded. */
  metricItemsSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Items that failed, including tolerated ones. */
  metricItemsFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** The duration of runs in seconds; by default the average. */
  metricRunDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** The cost of runs in US dollars, as estimated in their reports. */
  metricEstimatedCost(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Scheduled starts that were skipped because an execution was running. */
  metricStartsSkipped(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Executions that failed, timed out, or were stopped. Only `period` and `label` of the options are used. */
  metricFailedRuns(props?: cloudwatch.MetricOptions): cloudwatch.MathExpression;
  /** A row for a dashboard: items by status, duration of runs, estimated cost. */
  dashboardWidgets(): cloudwatch.IWidget[];
}
