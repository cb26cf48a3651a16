import { batchTemplate, propertiesOf, readable } from '../../support/batch-stack';

test('an execution that ends without its last states has its sessions ended: its event goes to the reporter', () => {
  const template = batchTemplate(() => {});
  expect(readable(propertiesOf(template, 'AWS::Events::Rule', 'SalesOrphanedSessions'))).toEqual([
    {
      Description: 'Executions of batch Sales that may have left sessions behind',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [{ Ref: 'SalesStateMachine' }],
          status: ['ABORTED', 'TIMED_OUT', 'FAILED'],
        },
      },
      State: 'ENABLED',
      Targets: [
        {
          Arn: { 'Fn::GetAtt': ['SalesReporter', 'Arn'] },
          Id: 'Target0',
          // A late one would meet the sessions of an execution that has resumed the run meanwhile.
          RetryPolicy: { MaximumRetryAttempts: 10, MaximumEventAgeInSeconds: 300 },
        },
      ],
    },
  ]);
});
