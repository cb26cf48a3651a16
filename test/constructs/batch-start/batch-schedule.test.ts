import { Duration, TimeZone } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { AnalysisInput, type BatchScheduleOptions } from '../../../lib';
import type { ScheduledStart } from '../../../lib/contract/batch-start';
import { batchTemplate, propertiesOf, readable, statementsOf } from '../../support/batch-stack';
import { WRITES_FAILURE_DETAILS } from '../template-of';

const NIGHTLY = ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.EUROPE_ZURICH });

const scheduled = (options: Partial<BatchScheduleOptions> = {}, id = 'Nightly'): Template =>
  batchTemplate((batch) => batch.addSchedule(id, { schedule: NIGHTLY, ...options }));

const template = scheduled();
const scheduleOf = (of: Template) => propertiesOf(of, 'AWS::Scheduler::Schedule', '')[0] ?? {};
const inputOf = (of: Template): ScheduledStart => JSON.parse(scheduleOf(of).Target.Input);

describe('a schedule, by default', () => {
  test('calls the starter at its time, in its time zone, at once', () => {
    expect(scheduleOf(template)).toMatchObject({
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Zurich',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
    });
    expect(readable(scheduleOf(template).Target.Arn)).toEqual({ 'Fn::GetAtt': ['SalesStartsStarter', 'Arn'] });
  });

  test('hands over the scheduled time, and does not overlap', () => {
    expect(inputOf(template)).toEqual({
      kind: 'schedule',
      schedule: 'Nightly',
      scheduledTime: '<aws.scheduler.scheduled-time>',
      timeZone: 'Europe/Zurich',
      lookBackSeconds: 0,
      parameters: {},
      skipIfRunning: true,
    });
  });

  test('gives up after an hour, into the dead-letter queue', () => {
    const { RetryPolicy, DeadLetterConfig } = scheduleOf(template).Target;
    expect(RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 185 });
    const queue = { 'Fn::GetAtt': ['SalesStartsDeadLetters', 'Arn'] };
    expect(readable(DeadLetterConfig)).toEqual({ Arn: queue });
    const [starter] = propertiesOf(template, 'AWS::Lambda::Function', 'SalesStartsStarter');
    expect(readable(starter?.DeadLetterConfig)).toEqual({ TargetArn: queue });
    expect(propertiesOf(template, 'AWS::SQS::Queue', 'SalesStartsDeadLetters')).toEqual([
      { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
    ]);
  });
});

test('every option arrives', () => {
  const full = scheduled({
    prefix: 'incoming/{yyyy}/{MM}/{dd}/{HH}{mm}/',
    lookBack: Duration.days(1),
    parameters: { currency: 'EUR' },
    flexibleWindow: Duration.minutes(15),
    skipIfRunning: false,
    maxEventAge: Duration.hours(6),
    enabled: false,
  });
  expect(scheduleOf(full)).toMatchObject({
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    State: 'DISABLED',
    Target: { RetryPolicy: { MaximumEventAgeInSeconds: 21_600 } },
  });
  expect(inputOf(full)).toMatchObject({
    prefix: 'incoming/{yyyy}/{MM}/{dd}/{HH}{mm}/',
    lookBackSeconds: 86_400,
    parameters: { currency: 'EUR' },
    skipIfRunning: false,
  });
});

test('a schedule without a time zone fills in its fields in UTC', () => {
  expect(inputOf(scheduled({ schedule: ScheduleExpression.rate(Duration.hours(6)) })).timeZone).toBe('Etc/UTC');
});

describe('what a schedule may do', () => {
  const MACHINE = { Ref: 'SalesStateMachine' };

  test('the starter starts executions, sees which run, and writes what it cannot start into its queue', () => {
    expect(readable(statementsOf(template, 'SalesStartsStarter'))).toEqual([
      {
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': ['SalesStartsDeadLetters', 'Arn'] },
      },
      { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' },
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': ['SalesStartsStarterLogs', 'Arn'] },
      },
      { Action: 'states:StartExecution', Effect: 'Allow', Resource: MACHINE },
      WRITES_FAILURE_DETAILS,
      { Action: 'states:ListExecutions', Effect: 'Allow', Resource: MACHINE },
    ]);
  });

  test('Scheduler calls the starter and nothing else, for this account only', () => {
    const starter = { 'Fn::GetAtt': ['SalesStartsStarter', 'Arn'] };
    expect(readable(statementsOf(template, 'SalesStartsSchedulerRole'))).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        Effect: 'Allow',
        Resource: [starter, { 'Fn::Join': ['', [starter, ':*']] }],
      },
      {
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': ['SalesStartsDeadLetters', 'Arn'] },
      },
    ]);
    const [role] = propertiesOf(template, 'AWS::IAM::Role', 'SalesStartsSchedulerRole');
    expect(role?.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
  });

  test('several schedules share the starter and the role', () => {
    const two = batchTemplate((batch) => {
      batch.addSchedule('Nightly', { schedule: NIGHTLY });
      batch.addSchedule('Monthly', { schedule: ScheduleExpression.cron({ day: '1' }) });
    });
    two.resourceCountIs('AWS::Scheduler::Schedule', 2);
    expect(propertiesOf(two, 'AWS::Lambda::Function', 'SalesStarts')).toHaveLength(1);
    expect(propertiesOf(two, 'AWS::IAM::Role', 'SalesStartsSchedulerRole')).toHaveLength(1);
  });
});

test('a batch without schedule and trigger has no starter, and no queue for its dead letters', () => {
  const plain = batchTemplate((batch) => expect(batch.startDeadLetterQueue).toBeUndefined());
  expect(propertiesOf(plain, 'AWS::Lambda::Function', 'SalesStarts')).toEqual([]);
  plain.resourceCountIs('AWS::SQS::Queue', 0);
  batchTemplate((batch) => {
    batch.addSchedule('Nightly', { schedule: NIGHTLY });
    expect(batch.startDeadLetterQueue).toBeDefined();
  });
});

describe('a schedule with values that cannot work fails for', () => {
  test.each<[string, Partial<BatchScheduleOptions>, string]>([
    [
      'a prefix of someone else',
      { prefix: 'secret/{date}/' },
      'prefix must begin with the batch\'s prefix "incoming/", end with "/", and not contain "*"; got "secret/{date}/"',
    ],
    ['a prefix without its slash', { prefix: 'incoming/{date}' }, 'end with "/"'],
    [
      'an unknown field',
      { prefix: 'incoming/{day}/' },
      'fields of prefix must be of {date}, {yyyy}, {MM}, {dd}, {HH}, {mm}; got "incoming/{day}/"',
    ],
    ['a brace that is not closed', { prefix: 'incoming/{date/' }, 'fields of prefix must be of {date}'],
    [
      'a look back of two years',
      { lookBack: Duration.days(730) },
      'lookBack must be 0 seconds to 366 days, in whole seconds',
    ],
    [
      'a window of seconds',
      { flexibleWindow: Duration.seconds(90) },
      'flexibleWindow must be in whole minutes; got 90',
    ],
    ['a window of two days', { flexibleWindow: Duration.days(2) }, 'flexibleWindow must be 1 minute to 1 day'],
    ['a delay of a second', { maxEventAge: Duration.seconds(1) }, 'maxEventAge must be 1 minute to 1 day'],
    [
      'parameters that are too large',
      { parameters: { text: 'x'.repeat(1000) } },
      'parameters must have at most 1000 characters as JSON; got 1011',
    ],
  ])('%s', (_, options, message) => {
    expect(() => scheduled(options)).toThrow('Test/Sales: ');
    expect(() => scheduled(options)).toThrow(message);
  });

  test.each(['my schedule', 'x'.repeat(41), 'täglich'])('the id %p', (id) => {
    expect(() => scheduled({}, id)).toThrow(
      `the id of a schedule or trigger must be 1 to 40 of A-Z a-z 0-9 _ -, since executions are named after it; got "${id}"`,
    );
  });
});

test('the prefix of a schedule is held against the prefix of the input', () => {
  const options = { schedule: NIGHTLY, prefix: 'sales/{date}/' };
  const add = () =>
    batchTemplate((batch) => batch.addSchedule('Nightly', options), { input: AnalysisInput.fromPrefix('sales/') });
  expect(inputOf(add()).prefix).toBe('sales/{date}/');
});

test('fails for a batch whose executions have to name their items: each of them would fail', () => {
  const nightly = (input: AnalysisInput, options: Partial<BatchScheduleOptions> = {}) =>
    batchTemplate((batch) => batch.addSchedule('Nightly', { schedule: NIGHTLY, ...options }), { input });
  const message =
    'Test/Sales: a schedule starts without naming items, and this batch has none of its own: give AnalysisInput.fromItems() ' +
    'keys, or use AnalysisInput.fromPrefix()';
  expect(() => nightly(AnalysisInput.fromItems())).toThrow(message);
  expect(() => nightly(AnalysisInput.fromItems(), { prefix: 'incoming/{date}/' })).toThrow(message);
  expect(() => nightly(AnalysisInput.fromItems(['incoming/a.csv']))).not.toThrow();
});
