import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CodeInterpreter, CodeInterpreterInvoker, type CodeInterpreterInvokerProps, StagingBucket } from '../../../lib';

function build(props: Partial<CodeInterpreterInvokerProps> = {}) {
  const stack = new Stack(new App(), 'Test');
  const interpreter = new CodeInterpreter(stack, 'Interpreter');
  const invoker = new CodeInterpreterInvoker(stack, 'Invoker', { interpreter, ...props });
  return { stack, invoker };
}

const template = Template.fromStack(build().stack);
const BUCKET = { 'Fn::GetAtt': [Match.stringLikeRegexp('^InterpreterStaging'), 'Arn'] };
const OWN_ACCOUNT = { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } };

describe('the invoker', () => {
  test('has 15 minutes, 512 MB, and sessions of 15 minutes by default', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 900,
      MemorySize: 512,
      Environment: {
        Variables: {
          CODE_INTERPRETER_ID: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Interpreter'), 'CodeInterpreterId'] },
          STAGING_BUCKET: { Ref: Match.stringLikeRegexp('^InterpreterStaging') },
          STAGING_PREFIX: 'invoker/',
          SESSION_TIMEOUT_SECONDS: '900',
        },
      },
    });
  });

  test('may use the interpreter and its own prefix, and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' },
          {
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Effect: 'Allow',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^InvokerLambdaLogs'), 'Arn'] },
          },
          {
            Action: 's3:GetObject',
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', [BUCKET, '/invoker/*']] },
            Condition: OWN_ACCOUNT,
          },
          {
            Action: 's3:ListBucket',
            Effect: 'Allow',
            Resource: BUCKET,
            Condition: { ...OWN_ACCOUNT, StringLike: { 's3:prefix': 'invoker/*' } },
          },
          {
            Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', [BUCKET, '/invoker/*']] },
            Condition: OWN_ACCOUNT,
          },
          {
            Action: [
              'bedrock-agentcore:StartCodeInterpreterSession',
              'bedrock-agentcore:InvokeCodeInterpreter',
              'bedrock-agentcore:GetCodeInterpreterSession',
              'bedrock-agentcore:StopCodeInterpreterSession',
            ],
            Effect: 'Allow',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Interpreter'), 'CodeInterpreterArn'] },
          },
        ],
      },
    });
  });

  test('grantInvoke allows to call the Lambda', () => {
    const { stack, invoker } = build();
    invoker.grantInvoke(new iam.Role(stack, 'Caller', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'lambda:InvokeFunction', Effect: 'Allow' })] },
      Roles: [{ Ref: Match.stringLikeRegexp('^Caller') }],
    });
  });

  test.each<[string, Partial<CodeInterpreterInvokerProps>, string]>([
    [
      'a timeout below a minute',
      { timeout: Duration.seconds(30) },
      'timeout must be 1 minute to 15 minutes, in whole seconds; got 30 seconds',
    ],
    [
      "a timeout above Lambda's",
      { timeout: Duration.minutes(16) },
      'timeout must be 1 minute to 15 minutes, in whole seconds; got 16 minutes',
    ],
    [
      'a session of nine hours',
      { sessionTimeout: Duration.hours(9) },
      'sessionTimeout must be 1 second to 8 hours, in whole seconds; got 9 hours',
    ],
  ])('fails for %s', (_, props, message) => {
    expect(() => build(props)).toThrow(`Test/Invoker: ${message}`);
  });
});

test('an imported invoker can be called, and its files be reached', () => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Other', {
    env: { account: '111122223333', region: 'eu-west-1' },
  });
  const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:invoker';
  const invoker = CodeInterpreterInvoker.fromCodeInterpreterInvokerAttributes(stack, 'Invoker', {
    functionArn,
    staging: StagingBucket.fromBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'analyses')),
  });
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
  invoker.grantInvoke(role);
  invoker.grantReadWriteFiles(role);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policy?.Properties.PolicyDocument.Statement.map(({ Action }: { Action: unknown }) => Action)).toEqual([
    'lambda:InvokeFunction',
    's3:GetObject',
    's3:ListBucket',
    ['s3:PutObject', 's3:AbortMultipartUpload'],
  ]);
  expect(JSON.stringify(policy)).toContain(functionArn);
});
