import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CodeInterpreter, CodeInterpreterNetwork, WarningId } from '../../../lib/constructs';
import { ENV, stackWith, warningsOf } from '../template-of';

const TYPE = 'AWS::BedrockAgentCore::CodeInterpreterCustom';

describe('a public network', () => {
  test('is taken without a warning when the execution role has no grants', () => {
    const stack = stackWith((scope) => {
      new CodeInterpreter(scope, 'Interpreter', { network: CodeInterpreterNetwork.publicInternet() });
    });
    Template.fromStack(stack).hasResourceProperties(TYPE, { NetworkConfiguration: { NetworkMode: 'PUBLIC' } });
    expect(warningsOf(stack)).toEqual([]);
  });

  test('warns when the network is public and the execution role has grants', () => {
    const stack = stackWith((scope) => {
      const network = CodeInterpreterNetwork.publicInternet();
      const interpreter = new CodeInterpreter(scope, 'Interpreter', { network });
      interpreter.staging.grantRead(interpreter, 'incoming/');
    });
    expect(warningsOf(stack)).toEqual([WarningId.PUBLIC_NETWORK_WITH_GRANTS]);
  });

  test.each([
    ['a managed policy', { managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')] }],
    [
      'an inline policy',
      {
        inlinePolicies: {
          more: new iam.PolicyDocument({
            statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
          }),
        },
      },
    ],
  ])('warns when the network is public and a given role has %s', (_, roleProps) => {
    const stack = stackWith((scope) => {
      const assumedBy = new iam.ServicePrincipal('bedrock-agentcore.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': scope.account } },
      });
      new CodeInterpreter(scope, 'Interpreter', {
        network: CodeInterpreterNetwork.publicInternet(),
        executionRole: new iam.Role(scope, 'Role', { assumedBy, ...roleProps }),
      });
    });
    expect(warningsOf(stack)).toEqual([WarningId.PUBLIC_NETWORK_WITH_GRANTS]);
  });
});

describe('a Region', () => {
  const warningsIn = (region?: string) =>
    warningsOf(
      stackWith((stack) => new CodeInterpreter(stack, 'Interpreter'), region ? { env: { ...ENV, region } } : undefined),
    );

  test('whose CloudFormation does not know code interpreters gets a warning', () => {
    expect(warningsIn('af-south-1')).toEqual([WarningId.REGION_WITHOUT_SERVICE]);
  });

  test.each(['us-east-1', 'cn-north-1', 'us-gov-west-1', undefined])(
    'that does, or is not known, gets none: %s',
    (region) => {
      expect(warningsIn(region)).toEqual([]);
    },
  );
});
