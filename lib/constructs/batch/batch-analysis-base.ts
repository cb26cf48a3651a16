import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { BATCH_METRIC_NAMESPACE, BatchDimension, BatchMetric } from '../../contract/batch-events';
import type { StagingArea } from '../staging/staging-area';

const WIDTH = 8;

/** What a batch measures. */
export abstract class BatchAnalysisBase extends Construct {
  /** The workflow. */
  public abstract readonly stateMachine: sfn.StateMachine;
  /** The batch's name. */
  public abstract readonly batchName: string;
  /** Where inputs and results are. */
  public abstract readonly staging: StagingArea;

  /** A metric of this batch, such as `ItemsSkipped`; its sum, unless told otherwise. */
  public metric(metricName: string, props: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: BATCH_METRIC_NAMESPACE,
      metricName,
      dimensionsMap: {
        [BatchDimension.batch]: this.batchName,
        [BatchDimension.bucket]: this.staging.bucket.bucketName,
      },
      statistic: 'Sum',
      ...props,
    });
  }

  /** Items that succeeded. */
  public metricItemsSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.itemsSucceeded, props);
  }

  /** Items that failed, tolerated ones too. */
  public metricItemsFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.itemsFailed, props);
  }

  /** How long runs took, in seconds; the average. A resumed run counts from its first start. */
  public metricRunDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.runDuration, { statistic: 'Average', ...props });
  }

  /** What runs cost, in US dollars, as estimated in their reports: sessions, and the workflow around them. */
  public metricEstimatedCost(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.estimatedCost, props);
  }

  /** Scheduled starts that were left out since an execution was running. */
  public metricStartsSkipped(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(BatchMetric.startsSkipped, props);
  }

  /** Executions that failed, timed out, or were stopped. Of the options, period and label count. */
  public metricFailedRuns(props: cloudwatch.MetricOptions = {}): cloudwatch.MathExpression {
    const period = props.period ?? Duration.minutes(5);
    const options = { statistic: 'Sum', period };
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

  /** A row for a dashboard: items by their status, durations of runs, estimated cost. */
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
      width: WIDTH,
      left,
      leftYAxis: { min: 0, ...(unit ? { label: unit, showUnits: false } : {}) },
    });
  }
}
