import { Duration, Resource } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { BATCH_METRIC_NAMESPACE, BatchDimension, BatchMetric } from '../../contract/batch-events';
import { RunLayout, runsPrefix } from '../../contract/layout';
import type { BatchContext } from '../batch-input/batch-context';
import {
  type BatchEventDestinationOptions,
  type BatchNotificationOptions,
  BatchNotifications,
} from '../batch-notifications/batch-notifications';
import { addSchedule, type BatchScheduleOptions } from '../batch-start/batch-schedule';
import { BatchStarter } from '../batch-start/batch-starter';
import { addUploadTrigger, type BatchUploadTriggerOptions } from '../batch-start/batch-upload';
import type { StagingArea } from '../staging/staging-area';
import type { IBatchAnalysis } from './batch-analysis-ref';

const WIDGET_WIDTH = 8;

/** Common base of created and imported batches: starts, notifications, grants and metrics. */
export abstract class BatchAnalysisBase extends Resource implements IBatchAnalysis {
  /** The workflow. */
  public abstract readonly stateMachine: sfn.IStateMachine;
  /** The name of the batch. */
  public abstract readonly batchName: string;
  /** The bucket of inputs and results. */
  public abstract readonly staging: StagingArea;
  private starter?: BatchStarter;
  private notifications?: BatchNotifications;

  /** @internal */
  protected abstract get _context(): BatchContext;

  /** Scheduled starts that failed for good. Undefined before the first schedule or upload trigger. */
  public get startDeadLetterQueue(): sqs.IQueue | undefined {
    return this.starter?.deadLetters;
  }

  /** Notifications that failed for good. Undefined before the first topic or event bus. */
  public get notificationDeadLetterQueue(): sqs.IQueue | undefined {
    return this.notifications?.deadLetters;
  }

  /**
   * Starts the batch on a schedule, such as every night.
   *
   * @example
   * declare const batch: BatchAnalysis;
   * batch.addSchedule('Nightly', {
   *   schedule: scheduler.ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.EUROPE_ZURICH }),
   *   prefix: 'incoming/{date}/',
   *   lookBack: Duration.days(1),
   * });
   *
   * @param id 1 to 40 of `A-Z a-z 0-9 _ -`: executions are named after it
   */
  public addSchedule(id: string, options: BatchScheduleOptions): scheduler.Schedule {
    return addSchedule(this._context, this.getOrCreateStarter(), id, options);
  }

  /**
   * Starts the batch for uploaded objects: those that arrive within a minute, together. Returns the queue in which they
   * gather, with its dead-letter queue. The bucket must belong to the account of the stack.
   *
   * @example
   * declare const batch: BatchAnalysis;
   * batch.addUploadTrigger('Uploads', { suffixes: ['.csv'] });
   *
   * @param id 1 to 40 of `A-Z a-z 0-9 _ -`: executions are named after it
   */
  public addUploadTrigger(id: string, options: BatchUploadTriggerOptions = {}): sqs.Queue {
    return addUploadTrigger(this._context, this.getOrCreateStarter(), id, options);
  }

  /** Publishes the outcome of each execution to a topic, with a link to its report. */
  public addNotification(topic: sns.ITopic, options: BatchNotificationOptions = {}): void {
    this.getOrCreateNotifications().addTopic(topic, options);
  }

  /** Sends an event to an event bus for each execution that has ended; `docs/scheduling.md` describes the events. */
  public addEventDestination(options: BatchEventDestinationOptions = {}): void {
    this.getOrCreateNotifications().addBus(options);
  }

  /** Grants permission to start the batch: `states:StartExecution` on its state machine. */
  public grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Grants permission to read results and reports. */
  public grantReadResults(grantee: iam.IGrantable): iam.Grant {
    return this.staging.grantRead(grantee, runsPrefix(this.batchName));
  }

  /** The key of a run's report in the staging bucket. */
  public reportKey(runId: string): string {
    return new RunLayout(this.batchName, runId).report;
  }

  /** A metric of this batch, such as `ItemsSkipped`; by default its sum. */
  public metric(metricName: string, props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: BATCH_METRIC_NAMESPACE,
      metricName,
      dimensionsMap: {
        [BatchDimension.batch]: this.batchName,
        [BatchDimension.bucket]: this.staging.bucket.bucketName,
      },
      statistic: 'Sum',
      region: this.env.region,
      account: this.env.account,
      ...props,
    });
  }

  /** Items that succeeded. */
  public metricItemsSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.itemsSucceeded, props);
  }

  /** Items that failed, including tolerated ones. */
  public metricItemsFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.itemsFailed, props);
  }

  /** The duration of runs in seconds; by default the average. A resumed run counts from its first start. */
  public metricRunDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.runDuration, { statistic: 'Average', ...props });
  }

  /** The cost of runs in US dollars, as estimated in their reports: sessions, and the workflow around them. */
  public metricEstimatedCost(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.estimatedCost, props);
  }

  /** Scheduled starts that were skipped because an execution was running. */
  public metricStartsSkipped(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.startsSkipped, props);
  }

  /** Executions that failed, timed out, or were stopped. Only `period` and `label` of the options are used. */
  public metricFailedRuns(props: cloudwatch.MetricOptions = {}): cloudwatch.MathExpression {
    const period = props.period ?? Duration.minutes(5);
    const options = { statistic: 'Sum', period, region: this.env.region, account: this.env.account };
    return new cloudwatch.MathExpression({
      expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
      usingMetrics: {
        failed: this.stateMachine.metricFailed(options),
        timedOut: this.stateMachine.metricTimedOut(options),
        aborted: this.stateMachine.metricAborted(options),
      },
      label: props.label ?? 'Failed runs',
      period,
    });
  }

  /** A row for a dashboard: items by status, duration of runs, estimated cost. */
  public dashboardWidgets(): cloudwatch.IWidget[] {
    const period = Duration.hours(1);
    return [
      this.graph('items', [
        this.metricItemsSucceeded({ label: 'Succeeded', period }),
        this.metricItemsFailed({ label: 'Failed', period }),
        this.metric(BatchMetric.itemsSkipped, { label: 'Skipped', period }),
      ]),
      this.graph('duration of runs', [
        this.metricRunDuration({ label: 'Average', period }),
        this.metricRunDuration({ label: 'Maximum', statistic: 'Maximum', period }),
      ]),
      this.graph('estimated cost', [this.metricEstimatedCost({ label: 'Runs', period })], 'USD'),
    ];
  }

  private graph(title: string, left: cloudwatch.IMetric[], unit?: string): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: `${this.batchName}: ${title}`,
      width: WIDGET_WIDTH,
      left,
      leftYAxis: { min: 0, ...(unit ? { label: unit, showUnits: false } : {}) },
    });
  }

  private getOrCreateStarter(): BatchStarter {
    this.starter ??= new BatchStarter(this._context);
    return this.starter;
  }

  private getOrCreateNotifications(): BatchNotifications {
    this.notifications ??= new BatchNotifications(this._context);
    return this.notifications;
  }
}
