import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { BatchEventDestinationOptions, BatchNotificationOptions } from '../../../lib';
import { batchTemplate, propertiesOf, readable, statementsOf } from '../../support/batch-stack';
import { WRITES_FAILURE_DETAILS } from '../template-of';

const notified = (options?: BatchNotificationOptions): Template =>
  batchTemplate((batch, stack) => batch.addNotification(new sns.Topic(stack, 'Notifications'), options));
const published = (options?: BatchEventDestinationOptions): Template =>
  batchTemplate((batch) => batch.addEventDestination(options));

const topicTemplate = notified();
const busTemplate = published();

const notifierOf = (of: Template) => propertiesOf(of, 'AWS::Lambda::Function', 'SalesNotificationsNotifier')[0] ?? {};

/** Who the notifier tells, with ARNs left as they are. */
function targetsOf(of: Template): object[] {
  const parts = notifierOf(of).Environment.Variables.NOTICE_TARGETS['Fn::Join'][1] as unknown[];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'X')).join(''));
}

test('every execution that has ended is told of once, however it has', () => {
  const [rule] = propertiesOf(topicTemplate, 'AWS::Events::Rule', 'SalesNotificationsEnded');
  expect(readable(rule?.EventPattern)).toEqual({
    source: ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    detail: {
      stateMachineArn: [{ Ref: 'SalesStateMachine' }],
      status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
    },
  });
  expect(readable(rule?.Targets)).toEqual([
    {
      Arn: { 'Fn::GetAtt': ['SalesNotificationsNotifier', 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['SalesNotificationsDeadLetters', 'Arn'] } },
      Id: 'Target0',
    },
  ]);
});

test('a topic, by default, hears of success and failure, with a link for an hour', () => {
  expect(targetsOf(topicTemplate)).toEqual([
    { kind: 'topic', arn: 'X', onSuccess: true, onFailure: true, linkSeconds: 3600 },
  ]);
});

test('events go to the default event bus', () => {
  const [target] = targetsOf(busTemplate);
  expect(target).toMatchObject({ kind: 'bus', arn: 'arn:X:events:X:X:event-bus/default', linkSeconds: 3600 });
});

test('every option arrives', () => {
  const of = batchTemplate((batch, stack) => {
    batch.addNotification(new sns.Topic(stack, 'Notifications'), { onSuccess: false, linkExpiry: Duration.hours(12) });
    batch.addEventDestination({
      eventBus: new events.EventBus(stack, 'Bus'),
      onFailure: false,
      linkExpiry: Duration.minutes(5),
    });
  });
  expect(targetsOf(of)).toEqual([
    { kind: 'topic', arn: 'X', onSuccess: false, onFailure: true, linkSeconds: 43_200 },
    { kind: 'bus', arn: 'X', onSuccess: true, onFailure: false, linkSeconds: 300 },
  ]);
  expect(propertiesOf(of, 'AWS::Lambda::Function', 'SalesNotifications')).toHaveLength(1);
});

describe('what the notifier may do', () => {
  const BUCKET = { 'Fn::GetAtt': ['InterpreterStagingBucket', 'Arn'] };
  const OWN_ACCOUNT = { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } };
  const common = [
    {
      Action: 'sqs:SendMessage',
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': ['SalesNotificationsDeadLetters', 'Arn'] },
    },
    { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' },
    {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': ['SalesNotificationsNotifierLogs', 'Arn'] },
    },
    {
      Action: 's3:GetObject',
      Condition: { StringEquals: OWN_ACCOUNT },
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', [BUCKET, '/runs/Sales/*']] },
    },
    {
      Action: 's3:ListBucket',
      Condition: { StringEquals: OWN_ACCOUNT, StringLike: { 's3:prefix': 'runs/Sales/*' } },
      Effect: 'Allow',
      Resource: BUCKET,
    },
    WRITES_FAILURE_DETAILS,
  ];

  test('it reads the results of its batch, and publishes to the topic', () => {
    expect(readable(statementsOf(topicTemplate, 'SalesNotificationsNotifier'))).toEqual([
      ...common,
      { Action: 'sns:Publish', Effect: 'Allow', Resource: { Ref: 'Notifications' } },
    ]);
  });

  test('it reads the results of its batch, and puts events on the bus', () => {
    const bus = ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
    expect(readable(statementsOf(busTemplate, 'SalesNotificationsNotifier'))).toEqual([
      ...common,
      {
        Action: 'events:PutEvents',
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', [...bus, ':event-bus/default']] },
      },
    ]);
  });
});

test('a batch that tells nobody has no notifier', () => {
  expect(
    propertiesOf(
      batchTemplate(() => {}),
      'AWS::Lambda::Function',
      'SalesNotifications',
    ),
  ).toEqual([]);
});

describe('a notice with values that cannot work fails for', () => {
  test.each<[string, BatchNotificationOptions, string]>([
    [
      'nothing to tell',
      { onSuccess: false, onFailure: false },
      'Test/Sales: onSuccess and onFailure are both false: nothing would be sent',
    ],
    ['a link for a second', { linkExpiry: Duration.seconds(1) }, 'linkExpiry must be 1 minute to 12 hours'],
    ['a link for a day', { linkExpiry: Duration.days(1) }, 'linkExpiry must be 1 minute to 12 hours'],
  ])('%s', (_, options, message) => {
    expect(() => notified(options)).toThrow(message);
    expect(() => published(options)).toThrow(message);
  });
});
