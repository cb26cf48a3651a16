import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { type BatchAnalysis, BatchAnalysisAlarms, type BatchAnalysisAlarmsProps } from '../../../lib';
import { batchTemplate, propertiesOf, readable } from '../../support/batch-stack';

const alarmed = (props: Omit<BatchAnalysisAlarmsProps, 'batch'> = {}): Template =>
  batchTemplate((batch, stack) => new BatchAnalysisAlarms(stack, 'Alarms', { batch, ...props }));
const alarmsOf = (of: Template, id = '') => propertiesOf(of, 'AWS::CloudWatch::Alarm', `Alarms${id}`);

const DIMENSIONS = [
  { Name: 'Batch', Value: 'Sales' },
  { Name: 'Bucket', Value: { Ref: 'InterpreterStagingBucket' } },
];

describe('metrics of a batch', () => {
  test.each<[string, (batch: BatchAnalysis) => cloudwatch.Metric, string, string]>([
    ['items that succeeded', (batch) => batch.metricItemsSucceeded(), 'ItemsSucceeded', 'Sum'],
    ['items that failed', (batch) => batch.metricItemsFailed(), 'ItemsFailed', 'Sum'],
    ['durations', (batch) => batch.metricRunDuration(), 'RunDuration', 'Average'],
    ['cost', (batch) => batch.metricEstimatedCost(), 'EstimatedCost', 'Sum'],
    ['starts that were left out', (batch) => batch.metricStartsSkipped(), 'StartsSkipped', 'Sum'],
    ['any other', (batch) => batch.metric('ItemsSkipped'), 'ItemsSkipped', 'Sum'],
  ])('%s', (_, metricOf, name, statistic) => {
    const of = batchTemplate((batch, stack) => {
      metricOf(batch).createAlarm(stack, 'Alarm', { threshold: 1, evaluationPeriods: 1 });
    });
    expect(readable(propertiesOf(of, 'AWS::CloudWatch::Alarm', '')[0])).toMatchObject({
      Namespace: 'CdkAgentCoreCodeInterpreter/Batch',
      MetricName: name,
      Statistic: statistic,
      Dimensions: DIMENSIONS,
    });
  });

  test('options of CloudWatch go through', () => {
    batchTemplate((batch) => {
      const metric = batch.metricRunDuration({ statistic: 'p90', period: Duration.days(1) });
      expect([metric.statistic, metric.period.toHours()]).toEqual(['p90', 24]);
    });
  });

  test('a row of a dashboard has items, durations and cost', () => {
    const of = batchTemplate((batch, stack) => {
      new cloudwatch.Dashboard(stack, 'Dashboard', { widgets: [batch.dashboardWidgets()] });
    });
    const body = JSON.stringify(propertiesOf(of, 'AWS::CloudWatch::Dashboard', '')[0]);
    for (const title of ['Sales: items', 'Sales: duration of runs', 'Sales: estimated cost']) {
      expect(body).toContain(title);
    }
  });
});

describe('alarms of a batch', () => {
  test('by default, one goes off for the first run that fails, and leads to the runbook', () => {
    const alarms = alarmsOf(alarmed());
    expect(alarms).toEqual([
      expect.objectContaining({
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmDescription: expect.stringMatching(/^Runs of batch Sales fail\. Runbook: .+#failed-runs-of-a-batch$/),
      }),
    ]);
    const metrics = alarms[0]?.Metrics as { Expression?: string; MetricStat?: { Metric: object; Period: number } }[];
    expect(metrics[0]?.Expression).toBe('FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)');
    expect(readable(metrics.slice(1).map(({ MetricStat }) => MetricStat?.Metric))).toEqual(
      ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((MetricName) => ({
        MetricName,
        Namespace: 'AWS/States',
        Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: 'SalesStateMachine' } }],
      })),
    );
  });

  test('one for failed items, and one for runs that do not come, where they are asked for', () => {
    const of = alarmed({ failedRuns: 2, failedItems: 50, successWithin: Duration.hours(26) });
    expect(alarmsOf(of)).toHaveLength(3);
    expect(alarmsOf(of, 'FailedRuns')[0]).toMatchObject({ Threshold: 2 });
    expect(alarmsOf(of, 'FailedItems')[0]).toMatchObject({
      MetricName: 'ItemsFailed',
      Threshold: 50,
      Period: 300,
      AlarmDescription: expect.stringMatching(/#failed-items-of-a-batch$/),
    });
    expect(alarmsOf(of, 'NoRun')[0]).toMatchObject({
      MetricName: 'ExecutionsSucceeded',
      Namespace: 'AWS/States',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 3600,
      EvaluationPeriods: 26,
      DatapointsToAlarm: 26,
      TreatMissingData: 'breaching',
      AlarmDescription: expect.stringMatching(
        /^No run of batch Sales has succeeded for 26 hours\. .+#no-run-of-a-batch$/,
      ),
    });
  });

  test('one for each dead-letter queue that is named: for what was never started, or never told', () => {
    const of = batchTemplate((batch, stack) => {
      const uploads = batch.addUploadTrigger('Uploads');
      batch.addNotification(new sns.Topic(stack, 'Topic'));
      const queues = [batch.startDeadLetterQueue, uploads.deadLetterQueue?.queue, batch.notificationDeadLetterQueue];
      const deadLetterQueues = queues.filter((queue) => queue !== undefined);
      expect(deadLetterQueues).toHaveLength(3);
      new BatchAnalysisAlarms(stack, 'Alarms', { batch, deadLetterQueues });
    });
    const queueNames = ['SalesStartsDeadLetters', 'SalesStartsUploadsDeadLetters', 'SalesNotificationsDeadLetters'];
    expect(readable(alarmsOf(of, 'DeadLetters'))).toEqual(
      queueNames.map((name) =>
        expect.objectContaining({
          Namespace: 'AWS/SQS',
          MetricName: 'ApproximateNumberOfMessagesVisible',
          Statistic: 'Maximum',
          Period: 300,
          Threshold: 1,
          EvaluationPeriods: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          TreatMissingData: 'notBreaching',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [name, 'QueueName'] } }],
          AlarmDescription: expect.stringMatching(
            /^A start or notification of batch Sales .+#dead-letters-of-a-batch$/,
          ),
        }),
      ),
    );
  });

  test('they act when they go off, and when they are over', () => {
    const of = batchTemplate((batch, stack) => {
      const topic = new sns.Topic(stack, 'Topic');
      new BatchAnalysisAlarms(stack, 'Alarms', { batch, actions: [new actions.SnsAction(topic)] });
    });
    const topics = [{ Ref: 'Topic' }];
    expect(readable(alarmsOf(of)[0])).toMatchObject({ AlarmActions: topics, OKActions: topics });
  });

  test.each<[Omit<BatchAnalysisAlarmsProps, 'batch'>, string]>([
    [{ failedRuns: 0 }, 'Test/Alarms: failedRuns must be a whole number, 1 or more; got 0'],
    [{ failedItems: 1.5 }, 'Test/Alarms: failedItems must be a whole number, 1 or more; got 1.5'],
    [
      { successWithin: Duration.days(8) },
      'Test/Alarms: successWithin must be 1 hour to 7 days, in whole hours; got 8 days',
    ],
    [{ successWithin: Duration.minutes(90) }, 'successWithin must be 1 hour to 7 days, in whole hours'],
  ])('thresholds that cannot work fail: %j', (props, message) => {
    expect(() => alarmed(props)).toThrow(message);
  });
});
