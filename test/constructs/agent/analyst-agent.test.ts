import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AnalystAgent, type AnalystAgentProps, CodeInterpreter } from '../../../lib';

const MODEL = 'amazon.nova-pro-v1:0';

function build(props: Partial<AnalystAgentProps> = {}) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Test', {
    env: { account: '111122223333', region: 'eu-west-1' },
  });
  const interpreter = new CodeInterpreter(stack, 'Interpreter');
  const agent = new AnalystAgent(stack, 'Analyst', { interpreter, modelId: MODEL, agentName: 'people', ...props });
  return { stack, agent };
}

const template = Template.fromStack(build({ dataPrefix: 'incoming/people/' }).stack);
const BUCKET = { 'Fn::GetAtt': [Match.stringLikeRegexp('^InterpreterStaging'), 'Arn'] };
const OWN_ACCOUNT = { StringEquals: { 's3:ResourceAccount': '111122223333' } };
const LOGS = 'arn:<AWS::Partition>:logs:eu-west-1:111122223333:log-group:';
const INVOKE = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

/** An ARN as the template has it, with references written as <name>. */
const arn = (text: string) => {
  const parts = text.split(/<([^>]+)>/).map((part, index) => (index % 2 === 0 ? part : { Ref: part }));
  return { 'Fn::Join': ['', parts] };
};

describe('by default, the agent', () => {
  test('runs the bundle of the package on Node.js 22, with its settings', () => {
    template.hasResourceProperties('AWS::BedrockAgentCore::Runtime', {
      AgentRuntimeName: 'people',
      AgentRuntimeArtifact: { CodeConfiguration: { Runtime: 'NODE_22', EntryPoint: ['app.js'] } },
      NetworkConfiguration: { NetworkMode: 'PUBLIC' },
      EnvironmentVariables: {
        STAGING_PREFIX: 'agents/people/',
        SESSION_TIMEOUT_SECONDS: '3600',
        AGENT_SETTINGS: JSON.stringify({
          name: 'people',
          model: `bedrock:${MODEL}`,
          dataPrefix: 'incoming/people/',
          limits: { turns: 20, toolCalls: 40, seconds: 600 },
        }),
      },
    });
  });

  test('takes a name from its path', () => {
    const { agent } = build({ agentName: undefined });
    expect(agent.agentName).toMatch(/^aTest-Analyst-[0-9A-F]{8}$/);
  });

  test('has no resource policy of X-Ray, and no deliveries', () => {
    template.resourceCountIs('AWS::XRay::ResourcePolicy', 0);
    template.resourceCountIs('AWS::Logs::Delivery', 0);
  });
});

describe('permissions', () => {
  test('the role may do exactly this, and no other policy is attached to it', () => {
    const policies = template.findResources('AWS::IAM::Policy', {
      Properties: { Roles: [{ Ref: Match.stringLikeRegexp('^AnalystRole') }] },
    });
    expect(Object.keys(policies)).toHaveLength(1);
    const own = (prefix: string) => ({ 'Fn::Join': ['', [BUCKET, `/${prefix}*`]] });
    const list = (prefix: string) => ({
      Action: 's3:ListBucket',
      Effect: 'Allow',
      Resource: BUCKET,
      Condition: { ...OWN_ACCOUNT, StringLike: { 's3:prefix': `${prefix}*` } },
    });
    const objects = (prefix: string, Action: string | string[]) => ({
      Action,
      Effect: 'Allow',
      Resource: own(prefix),
      Condition: OWN_ACCOUNT,
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 's3:GetObject',
            Effect: 'Allow',
            Resource: {
              'Fn::Join': [
                '',
                [
                  'arn:',
                  { Ref: 'AWS::Partition' },
                  Match.stringLikeRegexp('^:s3:::cdk-[a-z0-9]+-assets-111122223333-eu-west-1/[0-9a-f]{64}[.]zip$'),
                ],
              ],
            },
          },
          {
            Action: ['logs:CreateLogGroup', 'logs:DescribeLogStreams'],
            Effect: 'Allow',
            Resource: arn(`${LOGS}/aws/bedrock-agentcore/runtimes/people-*`),
          },
          { Action: 'logs:DescribeLogGroups', Effect: 'Allow', Resource: arn(`${LOGS}*`) },
          {
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Effect: 'Allow',
            Resource: arn(`${LOGS}/aws/bedrock-agentcore/runtimes/people-*:log-stream:*`),
          },
          {
            Action: INVOKE,
            Effect: 'Allow',
            Resource: arn(`arn:<AWS::Partition>:bedrock:eu-west-1::foundation-model/${MODEL}`),
          },
          objects('agents/people/', 's3:GetObject'),
          list('agents/people/'),
          objects('agents/people/', ['s3:PutObject', 's3:AbortMultipartUpload']),
          objects('incoming/people/', 's3:GetObject'),
          list('incoming/people/'),
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
      Roles: [{ Ref: Match.stringLikeRegexp('^AnalystRole') }],
    });
  });

  test('only AgentCore of this account takes the role', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      Description: 'What an analyst agent can do in this account',
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111122223333' },
              ArnLike: { 'aws:SourceArn': arn('arn:<AWS::Partition>:bedrock-agentcore:eu-west-1:111122223333:*') },
            },
          },
        ],
      },
    });
  });

  test('grantInvoke lets a principal ask this agent, and nothing on behalf of users', () => {
    const { stack, agent } = build();
    agent.grantInvoke(new iam.Role(stack, 'Client', { assumedBy: new iam.AccountRootPrincipal() }));
    const runtime = { 'Fn::GetAtt': [Match.stringLikeRegexp('^AnalystRuntime'), 'AgentRuntimeArn'] };
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'bedrock-agentcore:InvokeAgentRuntime',
            Effect: 'Allow',
            Resource: [runtime, { 'Fn::Join': ['', [runtime, '/*']] }],
          },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Client') }],
    });
  });

  test('grantReadFiles lets a principal read the folder of the agent', () => {
    const { stack, agent } = build();
    agent.grantReadFiles(new iam.Role(stack, 'Client', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [BUCKET, '/agents/people/*']] } }),
        ]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Client') }],
    });
  });
});

test('limits, network and tracing are what is given', () => {
  const { stack } = build({
    limits: { turns: 5, toolCalls: 6, time: Duration.minutes(2) },
    systemPrompt: 'Say "hello".',
    tracing: true,
  });
  const given = Template.fromStack(stack);
  given.hasResourceProperties('AWS::BedrockAgentCore::Runtime', {
    EnvironmentVariables: {
      AGENT_SETTINGS: JSON.stringify({
        name: 'people',
        model: `bedrock:${MODEL}`,
        systemPrompt: 'Say "hello".',
        limits: { turns: 5, toolCalls: 6, seconds: 120 },
      }),
    },
  });
  given.resourceCountIs('AWS::XRay::ResourcePolicy', 1);
});

test('an interpreter of aws-cdk-lib itself', () => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Test');
  const interpreter = new bedrockagentcore.CodeInterpreterCustom(stack, 'Interpreter');
  expect(() => new AnalystAgent(stack, 'Analyst', { interpreter, modelId: MODEL })).toThrow(
    'Test/Analyst: the interpreter Test/Interpreter has no staging bucket',
  );
});

describe('what cannot work fails with what would', () => {
  test.each<[Partial<AnalystAgentProps>, string]>([
    [{ limits: { turns: 0 } }, 'limits.turns must be a whole number from 1 to 100; got 0'],
    [{ limits: { toolCalls: 501 } }, 'limits.toolCalls must be a whole number from 1 to 500; got 501'],
    [{ limits: { time: Duration.hours(1) } }, 'limits.time must be '],
    [
      { sessionTimeout: Duration.hours(9) },
      'sessionTimeout must be 1 minute to 8 hours, in whole seconds; got 9 hours',
    ],
    [
      { agentName: '1st' },
      'agentName must be letters, digits and single hyphens, beginning with a letter, at most 40 characters; got "1st"',
    ],
    [{ systemPrompt: 'x'.repeat(4001) }, 'systemPrompt must have at most 4000 characters; got 4001'],
    [
      { dataPrefix: 'incoming' },
      'dataPrefix must end with "/" and not begin with it, such as "incoming/people/"; got "incoming"',
    ],
    [
      { modelId: 'nova' },
      'modelId must be the id of a foundation model or of an inference profile, such as "eu.amazon.nova-pro-v1:0"; got "nova"',
    ],
    [
      { modelId: 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc' },
      'modelArns is required, since the models cannot be told from modelId "arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc"',
    ],
  ])('%p', (props, message) => {
    expect(() => build(props)).toThrow(`Test/Analyst: ${message}`);
  });
});
