import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  CodeInterpreter,
  CodeInterpreterDashboard,
  CodeInterpreterTool,
  CodeInterpreterToolAlarms,
  CodeInterpreterToolOperation,
  type CodeInterpreterToolProps,
} from '../../../lib';
import { CODE_TOOL_NAMES } from '../../../lib/contract/code-tools';

function build(props: Partial<CodeInterpreterToolProps> = {}) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Test');
  const interpreter = new CodeInterpreter(stack, 'Interpreter');
  const tool = new CodeInterpreterTool(stack, 'Tool', { interpreter, ...props });
  return { stack, interpreter, tool };
}

const template = Template.fromStack(build({ toolName: 'analyst' }).stack);
const BUCKET = { 'Fn::GetAtt': [Match.stringLikeRegexp('^InterpreterStaging'), 'Arn'] };
const OWN_ACCOUNT = { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } };
const HANDLER = { 'Fn::GetAtt': [Match.stringLikeRegexp('^ToolLambda'), 'Arn'] };

/** The names of the operations that the Gateway is told of. */
function operationsOf(from: Template): string[] {
  const [target] = Object.values(from.findResources('AWS::BedrockAgentCore::GatewayTarget'));
  return target?.Properties.TargetConfiguration.Mcp.Lambda.ToolSchema.InlinePayload.map(
    ({ Name }: { Name: string }) => Name,
  );
}

describe('by default, the tool', () => {
  test('has five minutes a call, sessions of 15 minutes, 512 MB, and all operations', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 300,
      MemorySize: 512,
      Environment: {
        Variables: {
          CODE_INTERPRETER_ID: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Interpreter'), 'CodeInterpreterId'] },
          STAGING_BUCKET: { Ref: Match.stringLikeRegexp('^InterpreterStaging') },
          STAGING_PREFIX: 'tools/analyst/',
          SESSION_TIMEOUT_SECONDS: '900',
          TOOL_NAME: 'analyst',
          TOOL_OPERATIONS: JSON.stringify(CODE_TOOL_NAMES),
        },
      },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    expect(operationsOf(template)).toEqual(CODE_TOOL_NAMES);
  });

  test('makes a Gateway with IAM authorization', () => {
    template.hasResourceProperties('AWS::BedrockAgentCore::Gateway', {
      AuthorizerType: 'AWS_IAM',
      ProtocolType: 'MCP',
      ProtocolConfiguration: { Mcp: { SupportedVersions: ['2025-06-18', '2025-03-26'] } },
    });
    template.hasResourceProperties('AWS::BedrockAgentCore::GatewayTarget', { Name: 'code-interpreter' });
  });

  test('takes a name from its path', () => {
    expect(build().tool.toolName).toMatch(/^Test-Tool-[0-9A-F]{8}$/);
  });
});

describe('permissions', () => {
  test('the Lambda may use the interpreter and its own folder, and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' },
          {
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Effect: 'Allow',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ToolLambdaLogs'), 'Arn'] },
          },
          {
            Action: 's3:GetObject',
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', [BUCKET, '/tools/analyst/*']] },
            Condition: OWN_ACCOUNT,
          },
          {
            Action: 's3:ListBucket',
            Effect: 'Allow',
            Resource: BUCKET,
            Condition: { ...OWN_ACCOUNT, StringLike: { 's3:prefix': 'tools/analyst/*' } },
          },
          {
            Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
            Effect: 'Allow',
            Resource: { 'Fn::Join': ['', [BUCKET, '/tools/analyst/*']] },
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
      Roles: [{ Ref: Match.stringLikeRegexp('^ToolLambda') }],
    });
  });

  test('the role of its Gateway may call the Lambda, and only Gateways of this account take it', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'lambda:InvokeFunction',
            Effect: 'Allow',
            Resource: [HANDLER, { 'Fn::Join': ['', [HANDLER, ':*']] }],
          },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^ToolGatewayRole') }],
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
              ArnLike: { 'aws:SourceArn': Match.anyValue() },
            },
          },
        ],
      },
    });
  });

  test('grantInvoke lets a principal call the Gateway', () => {
    const { stack, tool } = build();
    tool.grantInvoke(new iam.Role(stack, 'Agent', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'bedrock-agentcore:InvokeGateway',
            Effect: 'Allow',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ToolGateway'), 'GatewayArn'] },
          },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Agent') }],
    });
  });

  test('grantReadFiles lets a principal read what was too large for an answer', () => {
    const { stack, tool } = build({ toolName: 'analyst' });
    tool.grantReadFiles(new iam.Role(stack, 'Agent', { assumedBy: new iam.AccountRootPrincipal() }));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [BUCKET, '/tools/analyst/*']] } }),
        ]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Agent') }],
    });
  });
});

describe('an allowlist of operations', () => {
  const limited = Template.fromStack(
    build({
      operations: [CodeInterpreterToolOperation.STOP_SESSION, CodeInterpreterToolOperation.EXECUTE_PYTHON],
    }).stack,
  );

  test('is what the Gateway is told, and what the Lambda keeps to', () => {
    expect(operationsOf(limited)).toEqual(['execute_python', 'stop_session']);
    limited.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TOOL_OPERATIONS: '["execute_python","stop_session"]' } },
    });
  });
});

describe('a given Gateway', () => {
  test('gets the target, and no other is made', () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Test');
    const gateway = new bedrockagentcore.Gateway(stack, 'Shared', {
      authorizerConfiguration: bedrockagentcore.GatewayAuthorizer.usingAwsIam(),
    });
    const interpreter = new CodeInterpreter(stack, 'Interpreter');
    const tool = new CodeInterpreterTool(stack, 'Tool', { interpreter, gateway, targetName: 'python' });
    const shared = Template.fromStack(stack);
    shared.resourceCountIs('AWS::BedrockAgentCore::Gateway', 1);
    shared.hasResourceProperties('AWS::BedrockAgentCore::GatewayTarget', { Name: 'python' });
    expect(tool.gateway).toBe(gateway);
  });
});

describe('the schema that Gateway is told', () => {
  test('has nothing but what Gateway knows, and a description of everything', () => {
    const [target] = Object.values(template.findResources('AWS::BedrockAgentCore::GatewayTarget'));
    const tools = target?.Properties.TargetConfiguration.Mcp.Lambda.ToolSchema.InlinePayload;
    const check = (schema: Record<string, unknown>): void => {
      for (const name of Object.keys(schema)) {
        expect(['Type', 'Description', 'Items', 'Properties', 'Required']).toContain(name);
      }
      for (const property of Object.values((schema.Properties ?? {}) as Record<string, Record<string, unknown>>)) {
        check(property);
      }
      if (schema.Items) {
        check(schema.Items as Record<string, unknown>);
      }
    };
    for (const tool of tools) {
      check(tool.InputSchema);
      check(tool.OutputSchema);
      expect(tool.Description.length).toBeGreaterThan(40);
      for (const [name, property] of Object.entries(tool.InputSchema.Properties as Record<string, object>)) {
        expect({ tool: tool.Name, name, ...property }).toHaveProperty('Description');
      }
    }
    // The limit of an inline schema is 1 MB.
    expect(JSON.stringify(tools).length).toBeLessThan(100_000);
  });
});

describe('what cannot work fails with what would', () => {
  test.each<[Partial<CodeInterpreterToolProps>, string]>([
    [{ timeout: Duration.minutes(16) }, 'timeout must be 1 minute to 15 minutes, in whole seconds; got 16 minutes'],
    [
      { sessionTimeout: Duration.hours(9) },
      'sessionTimeout must be 1 minute to 8 hours, in whole seconds; got 9 hours',
    ],
    [{ operations: [] }, 'operations must have at least one operation; leave it out for all of them'],
    [{ memorySize: 128 }, 'memorySize must be a whole number from 256 to 10240; got 128'],
    [{ reservedConcurrentExecutions: 0 }, 'reservedConcurrentExecutions must be a whole number, 1 or more; got 0'],
    [
      { toolName: 'a_b' },
      'toolName must be letters, digits and single hyphens, beginning with a letter or digit, at most 50 characters; got "a_b"',
    ],
    [
      { targetName: 'a--b' },
      'targetName must be letters, digits and single hyphens, beginning with a letter or digit, at most 100 characters; got "a--b"',
    ],
  ])('%p', (props, message) => {
    expect(() => build(props)).toThrow(`Test/Tool: ${message}`);
  });

  test('an interpreter without a staging bucket', () => {
    const stack = new Stack(new App(), 'Test');
    const interpreter = new bedrockagentcore.CodeInterpreterCustom(stack, 'Plain');
    expect(() => new CodeInterpreterTool(stack, 'Tool', { interpreter })).toThrow(/has no staging bucket/);
  });
});

describe('observability', () => {
  test('alarms on failed calls, and on an agent that calls without end', () => {
    const { stack, tool } = build({ toolName: 'analyst' });
    new CodeInterpreterToolAlarms(stack, 'Alarms', { tool });
    const alarms = Template.fromStack(stack);
    for (const [MetricName, Threshold] of [
      ['Errors', 5],
      ['Calls', 1000],
    ]) {
      alarms.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Namespace: 'CodeInterpreterTool',
        MetricName,
        Threshold,
        Dimensions: [{ Name: 'tool', Value: 'analyst' }],
        AlarmDescription: Match.stringLikeRegexp('docs/runbook.md#'),
        TreatMissingData: 'notBreaching',
      });
    }
    expect(() => new CodeInterpreterToolAlarms(stack, 'Wrong', { tool, errors: 0 })).toThrow(
      'Test/Wrong: errors must be a whole number, 1 or more; got 0',
    );
  });

  test('has a row of the dashboard', () => {
    const { stack, interpreter, tool } = build({ toolName: 'analyst' });
    new CodeInterpreterDashboard(stack, 'Dashboard', { interpreter, tools: [tool] });
    const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const title of ['analyst: calls', 'analyst: failures', 'analyst: duration (ms)']) {
      expect(body).toContain(title);
    }
  });
});
