import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ScheduledBatchStack } from '../../examples/scheduled-batch/stack';
import { propertiesOf, readable } from '../support/batch-stack';

const template = Template.fromStack(
  new ScheduledBatchStack(new App({ analyticsReporting: false }), 'Stack') satisfies Stack,
);

describe('the topic of the example', () => {
  const ours = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

  test('lets alarms publish: a policy of its own takes the place of the one that would', () => {
    const statements = propertiesOf(template, 'AWS::SNS::TopicPolicy', 'Notifications')[0]?.PolicyDocument.Statement;
    expect(readable(statements)).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: ours,
      }),
    );
  });

  test('has a key that alarms may use', () => {
    const statements = propertiesOf(template, 'AWS::KMS::Key', 'NotificationKey')[0]?.KeyPolicy.Statement;
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey*']),
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: ours,
      }),
    );
  });
});

test('an alarm goes off for each dead-letter queue of the example', () => {
  const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm', 'AlarmsDeadLetters');
  const redriven = propertiesOf(template, 'AWS::SQS::Queue', '').filter(({ RedrivePolicy }) => !RedrivePolicy);
  expect(alarms).toHaveLength(redriven.length);
  expect(alarms).toHaveLength(3);
});
