import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  CodeInterpreter,
  CodeInterpreterEndpointService,
  CodeInterpreterEndpoints,
  CodeInterpreterNetwork,
} from '../../../lib/constructs';
import { ENV, templateOf } from '../template-of';

const { DATA_PLANE, S3, LOGS, STS, SECRETS_MANAGER } = CodeInterpreterEndpointService;

function vpcIn(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-1'],
    privateSubnetRouteTableIds: ['rtb-1'],
  });
}

function endpointsTemplate(services?: CodeInterpreterEndpointService[]): Template {
  return templateOf(
    (stack) => {
      const vpc = vpcIn(stack);
      const endpoints = new CodeInterpreterEndpoints(stack, 'Endpoints', { vpc, services });
      new CodeInterpreter(stack, 'Interpreter', { network: CodeInterpreterNetwork.vpc({ vpc, endpoints }) });
    },
    { env: ENV },
  );
}

/** The policies of endpoints, by the last part of the service's name. */
function policiesOf(template: Template): Record<string, unknown[]> {
  const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint'));
  return Object.fromEntries(
    endpoints.map(({ Properties: { ServiceName, PolicyDocument } }) => {
      const name = typeof ServiceName === 'string' ? ServiceName : ServiceName['Fn::Join'][1].at(-1);
      return [name.split('.').at(-1), PolicyDocument.Statement];
    }),
  );
}

const mine = { 'aws:PrincipalAccount': ENV.account };
const allow = (Action: string | string[], Resource: unknown, equals: object = {}) => ({
  Action,
  Condition: { StringEquals: { ...mine, ...equals } },
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Resource,
});

test('by default, there are endpoints of the data plane and S3 in the private subnets', () => {
  const template = endpointsTemplate();
  template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    ServiceName: 'com.amazonaws.eu-west-1.bedrock-agentcore',
    VpcEndpointType: 'Interface',
    PrivateDnsEnabled: true,
    SubnetIds: ['subnet-1'],
  });
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway', RouteTableIds: ['rtb-1'] });
});

test('the policies let through what is needed, and nothing else', () => {
  const policies = policiesOf(endpointsTemplate([DATA_PLANE, S3, LOGS, STS, SECRETS_MANAGER]));
  const bucketArn = { 'Fn::GetAtt': [expect.stringMatching(/^InterpreterStagingBucket/), 'Arn'] };
  expect(policies).toEqual({
    'bedrock-agentcore': [
      allow('bedrock-agentcore:ListCodeInterpreterSessions', '*'),
      allow(
        [
          'bedrock-agentcore:StartCodeInterpreterSession',
          'bedrock-agentcore:InvokeCodeInterpreter',
          'bedrock-agentcore:GetCodeInterpreterSession',
          'bedrock-agentcore:StopCodeInterpreterSession',
        ],
        { 'Fn::GetAtt': ['InterpreterF8372B61', 'CodeInterpreterArn'] },
      ),
    ],
    s3: [
      allow('s3:ListAllMyBuckets', '*'),
      allow('s3:ListBucket', bucketArn, { 's3:ResourceAccount': ENV.account }),
      allow(
        ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
        { 'Fn::Join': ['', [bucketArn, '/*']] },
        { 's3:ResourceAccount': ENV.account },
      ),
    ],
    logs: [
      allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], '*', {
        'aws:ResourceAccount': ENV.account,
      }),
    ],
    sts: [allow('sts:GetCallerIdentity', '*'), allow('sts:AssumeRole', '*', { 'aws:ResourceAccount': ENV.account })],
    secretsmanager: [allow('secretsmanager:GetSecretValue', '*', { 'aws:ResourceAccount': ENV.account })],
  });
});

test('sessions reach the interface endpoints over HTTPS, and nobody else does', () => {
  const template = endpointsTemplate();
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    FromPort: 443,
    ToPort: 443,
    GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Endpoints'), 'GroupId'] },
    SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Interpreter'), 'GroupId'] },
  });
});

test('callers can be let in', () => {
  const template = templateOf((stack) => {
    const endpoints = new CodeInterpreterEndpoints(stack, 'Endpoints', { vpc: vpcIn(stack) });
    endpoints.connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/16'));
  });
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.0.0.0/16', FromPort: 443, ToPort: 443 })],
  });
});

test('endpoints can be in a stack of their own, and then let through what is in the account', () => {
  const app = new App();
  const network = new Stack(app, 'Network', { env: ENV });
  const endpoints = new CodeInterpreterEndpoints(network, 'Endpoints', { vpc: vpcIn(network) });
  const stack = new Stack(app, 'Stack', { env: ENV });
  new CodeInterpreter(stack, 'Interpreter', {
    network: CodeInterpreterNetwork.vpc({ vpc: vpcIn(stack), endpoints }),
  });
  const policies = JSON.stringify(policiesOf(Template.fromStack(network)));
  expect(policies).toContain(':bedrock-agentcore:eu-west-1:111122223333:code-interpreter-custom/*');
  expect(stack.dependencies).toEqual([network]);
});

test.each([
  ['no services', []],
  ['a service twice', [S3, S3]],
])('fails when there are %s', (_, services) => {
  expect(() => endpointsTemplate(services)).toThrow(
    `Stack/Endpoints: services must name at least one service, and none twice; got [${services.join(', ')}]`,
  );
});

test('fails when the VPC has public subnets only', () => {
  expect(() =>
    templateOf((stack) => {
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-west-1a'],
        publicSubnetIds: ['subnet-1'],
      });
      new CodeInterpreterEndpoints(stack, 'Endpoints', { vpc });
    }),
  ).toThrow('Stack/Endpoints: the VPC Stack/Vpc must have private or isolated subnets; got 1 public ones only');
});

test('fails when the route table of a subnet is not known', () => {
  expect(() =>
    templateOf((stack) => {
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['eu-west-1a'],
        privateSubnetIds: ['subnet-1'],
      });
      new CodeInterpreterEndpoints(stack, 'Endpoints', { vpc });
    }),
  ).toThrow('Stack/Endpoints: a gateway endpoint needs the route tables of its subnets; got Stack/Vpc/PrivateSubnet1');
});
