import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { injectProps } from '../base/property-injection';
import { alarmDescription, RunbookSection } from '../base/runbook';
import { requireSynthTimeValue } from '../base/synth-time-value';
import { requireWholeNumber } from '../base/whole-number';
import type { IBatchAnalysis } from './batch-analysis-ref';

/** Alarms on a batch. */
export interface BatchAnalysisAlarmsProps {
  /** The batch. */
  readonly batch: IBatchAnalysis;
  /**
   * Actions when an alarm goes off, and when it clears.
   *
   * @default - nothing: the alarms show in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
  /**
   * How many runs in five minutes that failed, timed out or were stopped are too many.
   *
   * @default 1
   */
  readonly failedRuns?: number;
  /**
   * How many failed items in five minutes are too many, also in runs that tolerate them.
   *
   * @default - no alarm on items: runs with more failed items than the batch tolerates fail
   */
  readonly failedItems?: number;
  /**
   * How long it may be since the last run that succeeded: 1 hour to 7 days, in whole hours. Give it the schedule's interval
   * and some hours more. The alarm is on from the deployment to the first success.
   *
   * @default - no alarm on runs that are missing
   */
  readonly successWithin?: Duration;
  /**
   * Queues in which a message means that a start or a notification got lost: `startDeadLetterQueue` and `notificationDeadLetterQueue`
   * of the batch, and the dead-letter queues of what `addUploadTrigger` returns. An alarm for each.
   *
   * @default - no alarm on dead letters
   */
  readonly deadLetterQueues?: sqs.IQueue[];
}

const PERIOD = Duration.minutes(5);

/**
 * Alarms on a batch: runs that failed, items that failed, a run that did not come, and starts or notifications that got lost.
 * Each has a link to its section of the runbook.
 *
 * @example
 * declare const batch: BatchAnalysis;
 * declare const topic: sns.ITopic;
 * new BatchAnalysisAlarms(this, 'Alarms', {
 *   batch,
 *   successWithin: Duration.hours(26),
 *   actions: [new cloudwatch_actions.SnsAction(topic)],
 * });
 */
export class BatchAnalysisAlarms extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.BatchAnalysisAlarms';

  /** All alarms. */
  public readonly alarms: cloudwatch.Alarm[] = [];
  private readonly actions: cloudwatch.IAlarmAction[];

  constructor(scope: Construct, id: string, properties: BatchAnalysisAlarmsProps) {
    super(scope, id);
    const props = injectProps(BatchAnalysisAlarms.PROPERTY_INJECTION_ID, scope, id, properties);
    requireWholeNumber(this, 'failedRuns', props.failedRuns, { min: 1 });
    requireWholeNumber(this, 'failedItems', props.failedItems, { min: 1 });
    this.actions = props.actions ?? [];
    this.onFailures(props);
    if (props.successWithin) {
      this.onMissingRun(props.batch, props.successWithin);
    }
    for (const [index, queue] of (props.deadLetterQueues ?? []).entries()) {
      this.onDeadLetters(index + 1, props.batch, queue);
    }
  }

  private onFailures({ batch, failedRuns, failedItems }: BatchAnalysisAlarmsProps): void {
    this.add('FailedRuns', {
      metric: batch.metricFailedRuns({ period: PERIOD }),
      threshold: failedRuns ?? 1,
      alarmDescription: alarmDescription(`Runs of batch ${batch.batchName} fail.`, RunbookSection.failedRuns),
    });
    if (failedItems !== undefined) {
      this.add('FailedItems', {
        metric: batch.metricItemsFailed({ period: PERIOD }),
        threshold: failedItems,
        alarmDescription: alarmDescription(`Items of batch ${batch.batchName} fail.`, RunbookSection.failedItems),
      });
    }
  }

  private onMissingRun(batch: IBatchAnalysis, within: Duration): void {
    requireSynthTimeValue(this, 'successWithin', within, 'the number of periods of its alarm is calculated from it');
    const hours = within.toHours({ integral: false });
    if (!Number.isInteger(hours) || hours < 1 || hours > 7 * 24) {
      const range = '1 hour to 7 days, in whole hours';
      throw validationError(this, 'SuccessWithin', `successWithin must be ${range}; got ${within.toHumanString()}`);
    }
    this.add('NoRun', {
      metric: batch.stateMachine.metricSucceeded({ statistic: 'Sum', period: Duration.hours(1) }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: hours,
      datapointsToAlarm: hours,
      // An hour without executions has no data.
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      alarmDescription: alarmDescription(
        `No run of batch ${batch.batchName} has succeeded for ${hours} hours.`,
        RunbookSection.noRun,
      ),
    });
  }

  private onDeadLetters(number: number, batch: IBatchAnalysis, queue: sqs.IQueue): void {
    this.add(`DeadLetters${number}`, {
      metric: queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: PERIOD }),
      threshold: 1,
      alarmDescription: alarmDescription(
        `A start or notification of batch ${batch.batchName} failed for good, and is in a dead-letter queue.`,
        RunbookSection.deadLetters,
      ),
    });
  }

  private add(
    id: string,
    props: Partial<cloudwatch.AlarmProps> & Pick<cloudwatch.AlarmProps, 'metric' | 'threshold'>,
  ): void {
    const alarm = new cloudwatch.Alarm(this, id, {
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...props,
    });
    for (const action of this.actions) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    this.alarms.push(alarm);
  }
}
