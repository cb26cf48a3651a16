import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { BatchContext } from '../batch-input/batch-context';

/** The statuses of an execution that has ended, and may have done so without its last states. */
const CUT_OFF = ['ABORTED', 'TIMED_OUT', 'FAILED'];

/**
 * Ends the sessions of executions that have been stopped or cut off. An execution's own states stop its sessions on every
 * path, but an execution that is stopped takes none.
 */
export class OrphanedSessions extends Construct {
  constructor({ scope, batchName, stateMachine }: BatchContext, reporter: lambda.IFunction) {
    super(scope, 'OrphanedSessions');
    new events.Rule(this, 'CutOff', {
      description: `Executions of batch ${batchName} that may have left sessions behind`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachine.stateMachineArn], status: CUT_OFF },
      },
      // What cannot be delivered within minutes is not worth more: the sessions end at their time to live.
      targets: [new targets.LambdaFunction(reporter, { retryAttempts: 10, maxEventAge: Duration.minutes(5) })],
    });
  }
}
