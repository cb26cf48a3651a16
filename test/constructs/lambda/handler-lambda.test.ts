import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HandlerLambda, type HandlerName } from '../../../lib/constructs/lambda/handler-lambda';
import { LAMBDA_ROLE_METADATA, type LambdaRole, PROTOCOL_VERSION } from '../../../lib/contract/lambda-role';

/** Written out once more, since a template that was synthesized is not to change its meaning. */
const ROLES: Record<HandlerName, LambdaRole> = {
  'batch-plan': 'planner',
  'batch-worker': 'worker',
  'batch-report': 'reporter',
  'batch-starter': 'starter',
  'batch-notifier': 'notifier',
  invoker: 'invoker',
  'invoker-stream': 'streamingInvoker',
  'code-interpreter-tool': 'tool',
};

test.each(Object.entries(ROLES) as [HandlerName, LambdaRole][])(
  'the metadata of the Lambda with %s has the role %s and the version of the protocol',
  (handler, role) => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Test');
    new HandlerLambda(stack, 'Lambda', {
      handler,
      description: '',
      timeout: Duration.minutes(1),
      memorySize: 128,
      environment: {},
      options: {},
    });
    Template.fromStack(stack).hasResource('AWS::Lambda::Function', {
      Metadata: { [LAMBDA_ROLE_METADATA]: { role, protocolVersion: PROTOCOL_VERSION } },
    });
  },
);
