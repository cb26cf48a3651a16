import { App, Duration, type IPropertyInjector, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { CodeInterpreter, CodeInterpreterInvoker, type CodeInterpreterInvokerProps } from '../../../lib';

function build(props: (stack: Stack) => Partial<CodeInterpreterInvokerProps> = () => ({})) {
  const stack = new Stack(new App(), 'Test');
  const interpreter = new CodeInterpreter(stack, 'Interpreter');
  const invoker = new CodeInterpreterInvoker(stack, 'Invoker', { interpreter, ...props(stack) });
  return { stack, invoker, template: () => Template.fromStack(stack) };
}

const INVOKER = 'Runs code in sessions of an AgentCore code interpreter';

describe('by default', () => {
  const template = build().template();

  test('a call that failed is never repeated by Lambda: its code could run twice', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
  });

  test('there is no function URL, VPC, reserved concurrency or dead-letter queue', () => {
    template.resourceCountIs('AWS::Lambda::Url', 0);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: INVOKER,
      VpcConfig: Match.absent(),
      ReservedConcurrentExecutions: Match.absent(),
      DeadLetterConfig: Match.absent(),
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON' },
      Architectures: ['arm64'],
    });
  });

  test('logs are kept for three months', () => {
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });
});

test('settings of the Lambda are passed on', () => {
  const { template } = build((stack) => ({
    timeout: Duration.minutes(3),
    memorySize: 1024,
    sessionTimeout: Duration.hours(8),
    reservedConcurrentExecutions: 7,
    logRetention: logs.RetentionDays.ONE_WEEK,
    environment: { HTTPS_PROXY: 'http://proxy:3128' },
    deadLetterQueue: new sqs.Queue(stack, 'Failed'),
  }));
  template().hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 180,
    MemorySize: 1024,
    ReservedConcurrentExecutions: 7,
    Environment: { Variables: { HTTPS_PROXY: 'http://proxy:3128', SESSION_TIMEOUT_SECONDS: '28800' } },
    DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Failed'), 'Arn'] } },
  });
  template().hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

test('the Lambda can be in a VPC', () => {
  const { template } = build((stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc');
    return {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc })],
    };
  });
  template().hasResourceProperties('AWS::Lambda::Function', {
    Description: INVOKER,
    VpcConfig: {
      SubnetIds: [Match.anyValue(), Match.anyValue()],
      SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Group'), 'GroupId'] }],
    },
  });
});

describe('the streaming URL', () => {
  const { stack, invoker, template } = build(() => ({ streamingUrl: true }));
  const caller = new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() });
  invoker.grantInvokeUrl(caller);

  test('is signed with IAM and streams', () => {
    template().hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM' });
    template().resourceCountIs('AWS::Lambda::Url', 1);
  });

  test('has a Lambda of its own, with the same permissions', () => {
    template().hasResourceProperties('AWS::Lambda::Function', { Description: Match.stringLikeRegexp('streams') });
    const used = Object.values(template().findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties.PolicyDocument).includes('bedrock-agentcore:InvokeCodeInterpreter'),
    );
    expect(used).toHaveLength(2);
    const [one, other] = used.map(({ Properties }) =>
      JSON.stringify(Properties.PolicyDocument).replace(/Invoker\w+Logs\w{8}/, 'ITS_OWN_LOGS'),
    );
    expect(one).toBe(other);
    expect(one).toContain('ITS_OWN_LOGS');
  });

  test('is called by those who are granted to, and by nobody else', () => {
    template().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'lambda:InvokeFunctionUrl', Effect: 'Allow' })]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Caller') }],
    });
    for (const { Properties } of Object.values(template().findResources('AWS::Lambda::Permission'))) {
      expect(Properties.Principal).not.toBe('*');
    }
  });
});

test('grantReadWriteFiles allows to put files where calls find them, and nothing else', () => {
  const { stack, invoker, template } = build();
  invoker.grantReadWriteFiles(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
  const policies = Object.values(template().findResources('AWS::IAM::Policy'));
  const granted = policies.find(({ Properties }) => Properties.Roles[0].Ref.startsWith('Caller'))?.Properties;
  const bucket = { 'Fn::GetAtt': [expect.stringMatching('^InterpreterStaging'), 'Arn'] };
  const objects = { 'Fn::Join': ['', [bucket, '/invoker/*']] };
  expect(
    granted?.PolicyDocument.Statement.map(({ Action, Resource }: Record<string, unknown>) => [Action, Resource]),
  ).toEqual([
    ['s3:GetObject', objects],
    ['s3:ListBucket', bucket],
    [['s3:PutObject', 's3:AbortMultipartUpload'], objects],
  ]);
});

test('an organisation can inject properties of its own', () => {
  const injector: IPropertyInjector = {
    constructUniqueId: CodeInterpreterInvoker.PROPERTY_INJECTION_ID,
    inject: (props) => ({ ...props, memorySize: 2048 }),
  };
  const stack = new Stack(new App({ propertyInjectors: [injector] }), 'Test');
  new CodeInterpreterInvoker(stack, 'Invoker', { interpreter: new CodeInterpreter(stack, 'Interpreter') });
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Description: INVOKER, MemorySize: 2048 });
});

test.each<[string, (stack: Stack) => Partial<CodeInterpreterInvokerProps>, string]>([
  ['too little memory', () => ({ memorySize: 128 }), 'memorySize must be a whole number from 256 to 10240; got 128'],
  [
    'no concurrency at all',
    () => ({ reservedConcurrentExecutions: 0 }),
    'reservedConcurrentExecutions must be a whole number, 1 or more; got 0',
  ],
  [
    'an environment of its own names',
    () => ({ environment: { STAGING_BUCKET: 'mine', AWS_REGION: 'mars' } }),
    'environment must not set what the construct or Lambda sets itself; got STAGING_BUCKET, AWS_REGION',
  ],
  ['subnets without a VPC', () => ({ vpcSubnets: {} }), 'vpcSubnets needs vpc, the VPC that they belong to'],
  [
    'security groups without a VPC',
    () => ({ securityGroups: [] }),
    'securityGroups needs vpc, the VPC that they belong to',
  ],
])('fails for %s', (_, props, message) => {
  expect(() => build(props)).toThrow(`Test/Invoker: ${message}`);
});
