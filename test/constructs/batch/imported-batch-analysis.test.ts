import type { Stack } from 'aws-cdk-lib';
import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  AnalysisInput,
  BatchAnalysis,
  BatchAnalysisAlarms,
  type BatchAnalysisAttributes,
  BatchResultsTable,
  CodeInterpreter,
  CodeInterpreterDashboard,
  type IBatchAnalysis,
  StagingBucket,
} from '../../../lib';
import { ENV, stackWith, statementsOf } from '../template-of';

const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:sales';

function imported(use: (batch: IBatchAnalysis, stack: Stack) => void, more: Partial<BatchAnalysisAttributes> = {}) {
  const stack = stackWith(
    (scope) => {
      const batch = BatchAnalysis.fromBatchAnalysisAttributes(scope, 'Sales', {
        stateMachineArn: MACHINE,
        batchName: 'Sales',
        staging: StagingBucket.fromBucket(s3.Bucket.fromBucketName(scope, 'Bucket', 'analyses'), { sendsEvents: true }),
        ...more,
      });
      use(batch, scope);
    },
    { env: ENV },
  );
  return Template.fromStack(stack);
}

test('makes nothing by itself', () => {
  expect(imported(() => {}).toJSON().Resources).toBeUndefined();
});

test('grants: starting its executions, reading its results', () => {
  const template = imported((batch, stack) => {
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    batch.grantStart(role);
    batch.grantReadResults(role);
  });
  expect(statementsOf(template)).toEqual([
    expect.objectContaining({ Action: 'states:StartExecution', Resource: MACHINE }),
    expect.objectContaining({ Action: 's3:GetObject' }),
    expect.objectContaining({ Action: 's3:ListBucket' }),
  ]);
});

test('has the metrics of its batch, state machine, account and Region', () => {
  imported((batch) => {
    expect(batch.metricItemsFailed()).toMatchObject({
      dimensions: { Batch: 'Sales', Bucket: 'analyses' },
      region: ENV.region,
      account: ENV.account,
    });
    expect(batch.reportKey('run')).toBe('runs/Sales/run/report.html');
  });
});

test('takes alarms, a table and a row of a dashboard', () => {
  const template = imported((batch, stack) => {
    new BatchAnalysisAlarms(stack, 'Alarms', { batch });
    new BatchResultsTable(stack, 'Table', { batch });
    const interpreter = new CodeInterpreter(stack, 'Interpreter');
    new CodeInterpreterDashboard(stack, 'Dashboard', { interpreter, batches: [batch] });
  });
  template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
  template.resourceCountIs('AWS::Glue::Table', 2);
  template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
});

test('is started by schedules and uploads, and notifies, from here', () => {
  const template = imported((batch, stack) => {
    batch.addSchedule('Nightly', { schedule: scheduler.ScheduleExpression.rate(Duration.days(1)) });
    batch.addUploadTrigger('Uploads');
    batch.addNotification(new sns.Topic(stack, 'Topic'));
    expect(batch.startDeadLetterQueue).toBeDefined();
    expect(batch.notificationDeadLetterQueue).toBeDefined();
  });
  template.resourceCountIs('AWS::Scheduler::Schedule', 1);
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { STATE_MACHINE_ARN: MACHINE, BATCH_NAME: 'Sales', STAGING_BUCKET: 'analyses' } },
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['aws.states'], detail: { stateMachineArn: [MACHINE] } },
  });
});

test('schedules narrow the input that it was imported with', () => {
  const input = AnalysisInput.fromPrefix('sales/');
  expect(() =>
    imported(
      (batch) => {
        const schedule = scheduler.ScheduleExpression.rate(Duration.days(1));
        batch.addSchedule('Nightly', { schedule, prefix: 'incoming/' });
      },
      { input },
    ),
  ).toThrow('prefix must begin with the batch\'s prefix "sales/"');
});

test('fails for a name that no batch has', () => {
  expect(() => imported(() => {}, { batchName: 'my sales' })).toThrow('got "my sales"');
});
