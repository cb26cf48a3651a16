import { Stack } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { acknowledgeComplianceRule, acknowledgeFinding } from './acknowledged-rules';

/** Acknowledges the custom resource with which aws-cdk-lib sets up the notifications of a bucket. */
export function acknowledgeBucketNotifications(bucket: s3.IBucket): void {
  const handler = Stack.of(bucket).node.children.find(({ node }) => node.id.startsWith('BucketNotificationsHandler'));
  if (handler) {
    acknowledgeFinding(
      handler,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'aws-cdk-lib makes this Lambda and its role, one for all buckets of a stack; the managed policy lets it write its logs.',
    );
  }
  const notifications: IConstruct | undefined = bucket.node.tryFindChild('Notifications');
  if (notifications) {
    acknowledgeComplianceRule(
      notifications,
      'IAMNoInlinePolicy',
      'aws-cdk-lib grants its own Lambda the notifications of this one bucket: the policy is to come and go with them.',
    );
  }
}
