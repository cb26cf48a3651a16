import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CodeInterpreter, WarningId } from '../../../lib/constructs';
import { ENV, stackWith, statementsOf, templateOf, warningsOf } from '../template-of';

const SERVICE = 'bedrock-agentcore.amazonaws.com';
const narrow = { StringEquals: { 'aws:SourceAccount': ENV.account } };

function withRole(stack: Stack, assumedBy: iam.IPrincipal): CodeInterpreter {
  return new CodeInterpreter(stack, 'Interpreter', { executionRole: new iam.Role(stack, 'Role', { assumedBy }) });
}

test('a given role is used as it is', () => {
  const template = templateOf((stack) => withRole(stack, new iam.ServicePrincipal(SERVICE, { conditions: narrow })));
  template.hasResourceProperties('AWS::BedrockAgentCore::CodeInterpreterCustom', {
    ExecutionRoleArn: { 'Fn::GetAtt': ['Role1ABCC5F0', 'Arn'] },
  });
  template.resourceCountIs('AWS::IAM::Role', 1);
  expect(statementsOf(template)).toEqual([]);
});

test('a role that trusts the service narrowly is not warned of', () => {
  const stack = stackWith((scope) =>
    withRole(
      scope,
      new iam.ServicePrincipal(SERVICE, {
        conditions: { ArnLike: { 'AWS:SourceArn': 'arn:aws:bedrock-agentcore:*' } },
      }),
    ),
  );
  expect(warningsOf(stack)).toEqual([]);
});

test('fails when the given role does not trust the service', () => {
  const app = new App();
  withRole(new Stack(app, 'Stack'), new iam.ServicePrincipal('lambda.amazonaws.com'));
  expect(() => app.synth()).toThrow(
    '[Stack/Interpreter] executionRole must trust bedrock-agentcore.amazonaws.com: got Stack/Role, whose trust policy has no statement for it',
  );
});

test('trust that is added later counts', () => {
  const template = templateOf((stack) => {
    const { executionRole } = withRole(stack, new iam.ServicePrincipal('lambda.amazonaws.com'));
    (executionRole as iam.Role).assumeRolePolicy?.addStatements(
      new iam.PolicyStatement({
        actions: ['sts:AssumeRole'],
        principals: [new iam.ServicePrincipal(SERVICE)],
        conditions: narrow,
      }),
    );
  });
  template.resourceCountIs('AWS::IAM::Role', 1);
});

test('warns when the given role trusts the service without conditions', () => {
  const stack = stackWith((scope) => withRole(scope, new iam.ServicePrincipal(SERVICE)));
  expect(warningsOf(stack)).toEqual([WarningId.ROLE_TRUST_UNCONDITIONAL]);
});

test('warns when the trust of an imported role cannot be seen', () => {
  const stack = stackWith((scope) => {
    const executionRole = iam.Role.fromRoleArn(scope, 'Role', 'arn:aws:iam::111122223333:role/given');
    new CodeInterpreter(scope, 'Interpreter', { executionRole });
  });
  expect(warningsOf(stack)).toEqual([WarningId.ROLE_TRUST_UNKNOWN]);
  Template.fromStack(stack).hasResourceProperties('AWS::BedrockAgentCore::CodeInterpreterCustom', {
    ExecutionRoleArn: 'arn:aws:iam::111122223333:role/given',
  });
});

test('fails when the given role is in another account', () => {
  expect(() =>
    stackWith(
      (scope) => {
        const executionRole = iam.Role.fromRoleArn(scope, 'Role', 'arn:aws:iam::444455556666:role/given');
        new CodeInterpreter(scope, 'Interpreter', { executionRole });
      },
      { env: ENV },
    ),
  ).toThrow('Stack/Interpreter: executionRole must be a role of account 111122223333; got one of account 444455556666');
});
