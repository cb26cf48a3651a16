import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import {
  acknowledgeLambdaRules,
  acknowledgeLogGroupRules,
  acknowledgeStateMachineRules,
  acknowledgeSynchronousCalls,
} from '../../../lib/constructs/compliance/workload-acknowledgements';

/** A workload as the invoker and the batch have it. */
function workload(stack: Stack) {
  const logGroup = new logs.LogGroup(stack, 'LambdaLogs');
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const handler = new lambda.Function(stack, 'Lambda', {
    role,
    code: lambda.Code.fromInline('exports.handler = async () => {}'),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    tracing: lambda.Tracing.ACTIVE,
    logGroup,
  });
  const destination = new logs.LogGroup(stack, 'Logs');
  const itemProcessor = new LambdaInvoke(stack, 'Run', { lambdaFunction: handler });
  const stateMachine = new sfn.StateMachine(stack, 'StateMachine', {
    definitionBody: sfn.DefinitionBody.fromChainable(new sfn.DistributedMap(stack, 'Map').itemProcessor(itemProcessor)),
    tracingEnabled: true,
    logs: { destination, level: sfn.LogLevel.ALL },
  });
  return { role, handler, stateMachine, groups: [logGroup, destination] };
}

function findingsOf(app: App): string[] {
  app.synth();
  const packs = [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()];
  return packs.flatMap((pack) => pack.validateScope(app).violations.map(({ ruleName }) => ruleName));
}

function acknowledged(more: (handler: lambda.Function) => void = () => {}): App {
  const app = new App();
  const { role, handler, stateMachine, groups } = workload(new Stack(app, 'Stack'));
  acknowledgeLambdaRules(handler, role, { options: {} });
  acknowledgeSynchronousCalls(handler);
  acknowledgeStateMachineRules(stateMachine);
  groups.forEach(acknowledgeLogGroupRules);
  more(handler);
  return app;
}

test('what does not apply to such a workload is acknowledged', () => {
  const app = new App();
  workload(new Stack(app, 'Stack'));
  expect(findingsOf(app)).not.toEqual([]);
  expect(findingsOf(acknowledged())).toEqual([]);
});

test('a wildcard that somebody adds is not', () => {
  const app = acknowledged((handler) => {
    handler.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::other/*'] }),
    );
  });
  expect(findingsOf(app)).toEqual(['AwsSolutions-IAM5[Resource::arn:aws:s3:::other/*]']);
});

test('checks of checkov that are skipped have their reasons in the template', () => {
  const app = acknowledged();
  const template = Template.fromStack(app.node.findChild('Stack') as Stack);
  const skipped = Object.values(template.toJSON().Resources as Record<string, { Metadata?: { checkov?: unknown } }>)
    .map(({ Metadata }) => Metadata?.checkov)
    .filter((checkov) => checkov !== undefined);
  expect(skipped).toHaveLength(3);
  for (const { skip } of skipped as { skip: { id: string; comment: string }[] }[]) {
    for (const { id, comment } of skip) {
      expect(id).toMatch(/^CKV_AWS_\d+$/);
      expect(comment.length).toBeGreaterThan(60);
    }
  }
});
