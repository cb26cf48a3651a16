import { join } from 'node:path';
import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Construct } from 'constructs';
import {
  AnalysisScript,
  BatchAnalysis,
  CodeInterpreter,
  CodeInterpreterAlarms,
  CodeInterpreterDashboard,
  CodeInterpreterInvoker,
  CodeInterpreterLogDeliveries,
  CodeInterpreterTrail,
} from '../../../lib';
import { ENV } from '../template-of';

const script = () => AnalysisScript.fromAsset(join(__dirname, '../../fixtures/analyses/count.py'));
const users: Record<string, (scope: Construct, interpreter: CodeInterpreter) => unknown> = {
  'a batch': (scope, interpreter) => new BatchAnalysis(scope, 'User', { interpreter, script: script() }),
  'an invoker': (scope, interpreter) => new CodeInterpreterInvoker(scope, 'User', { interpreter }),
  alarms: (scope, interpreter) => new CodeInterpreterAlarms(scope, 'User', { interpreter }),
  'a dashboard': (scope, interpreter) => new CodeInterpreterDashboard(scope, 'User', { interpreter }),
  'log deliveries': (scope, interpreter) =>
    new CodeInterpreterLogDeliveries(scope, 'User', { interpreter, usageLogs: true }),
  'a trail': (scope, interpreter) => new CodeInterpreterTrail(scope, 'User', { interpreters: [interpreter] }),
};

/** The templates of an interpreter's stack and of one that uses it, in two versions of the interpreter. */
function versionsOf(use: (scope: Construct, interpreter: CodeInterpreter) => unknown) {
  return ['before', 'after'].map((description) => {
    const app = new App({ analyticsReporting: false });
    const platform = new Stack(app, 'Platform', { env: ENV });
    const team = new Stack(app, 'Team', { env: ENV });
    const interpreter = new CodeInterpreter(platform, 'Interpreter', { description });
    use(team, interpreter);
    app.synth();
    return { platform: Template.fromStack(platform), team: Template.fromStack(team), teamStack: team };
  });
}

/** What CloudFormation refuses: a changed value of an export, while another stack imports it. */
function exportsInUse({ platform, team }: { platform: Template; team: Template }): Map<string, string> {
  const imported = JSON.stringify(team.toJSON());
  const outputs = Object.values(platform.toJSON().Outputs ?? {}) as { Export?: { Name: string }; Value: unknown }[];
  return new Map(
    outputs
      .filter((output) => output.Export && imported.includes(`"Fn::ImportValue":"${output.Export.Name}"`))
      .map(({ Export, Value }) => [String(Export?.Name), JSON.stringify(Value)]),
  );
}

describe.each(Object.entries(users))('%s in another stack than its interpreter', (_, use) => {
  const [before, after] = versionsOf(use);

  test('survives the replacement of the interpreter: no export in use has its id, ARN or name', () => {
    if (!before || !after) {
      throw new Error('two versions are compared');
    }
    for (const [name, value] of exportsInUse(before)) {
      expect({ name, value }).toEqual({ name, value: expect.not.stringContaining('"CodeInterpreter') });
      expect(exportsInUse(after).get(name)).toBe(value);
    }
  });

  test('reads the id at deployment from the parameter that the stack of the interpreter writes', () => {
    const parameter = Object.values(before?.platform.findResources('AWS::SSM::Parameter') ?? {})[0]?.Properties;
    expect(parameter.Name).toMatch(/^\/cdk-agentcore-code-interpreter\/Platform\/[0-9a-f]{8}$/);
    expect(parameter.Value).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Interpreter/), 'CodeInterpreterId'] });
    const parameters = Object.values(before?.team.toJSON().Parameters) as { Type: string; Default: string }[];
    expect(parameters).toContainEqual({ Type: 'AWS::SSM::Parameter::Value<String>', Default: parameter.Name });
  });

  test('is deployed after the interpreter', () => {
    expect(before?.teamStack.dependencies.map(({ stackName }) => stackName)).toEqual(['Platform']);
  });
});

test('several users of a stack share one parameter', () => {
  const [{ platform, team } = {} as never] = versionsOf((scope, interpreter) => {
    new CodeInterpreterInvoker(scope, 'One', { interpreter });
    new CodeInterpreterInvoker(scope, 'Other', { interpreter });
  });
  platform?.resourceCountIs('AWS::SSM::Parameter', 1);
  expect(Object.keys(team?.toJSON().Parameters ?? {}).filter((name) => name.startsWith('Ssm'))).toHaveLength(1);
});

test('no parameter is written for users in the same stack, or in a nested stack of it', () => {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Platform', { env: ENV });
  const interpreter = new CodeInterpreter(stack, 'Interpreter');
  new CodeInterpreterInvoker(stack, 'Invoker', { interpreter });
  new CodeInterpreterInvoker(new NestedStack(stack, 'Nested'), 'Invoker', { interpreter });
  Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 0);
});

describe('an interpreter elsewhere', () => {
  const elsewhere = (env: { account: string; region: string }) => () => {
    const app = new App({ analyticsReporting: false });
    const interpreter = new CodeInterpreter(new Stack(app, 'Platform', { env }), 'Interpreter');
    new CodeInterpreterInvoker(new Stack(app, 'Team', { env: ENV }), 'Invoker', { interpreter });
  };

  test('fails in another Region', () => {
    expect(elsewhere({ ...ENV, region: 'us-east-1' })).toThrow(
      'Team/Invoker: interpreter must be in the Region of the stack, eu-west-1, since the service finds',
    );
  });

  test('fails in another account', () => {
    expect(elsewhere({ ...ENV, account: '444455556666' })).toThrow(
      'Team/Invoker: interpreter must be in the account of the stack, 111122223333, since the service finds',
    );
  });

  test('fails when it is imported from another Region', () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Team', { env: ENV });
    const arn = 'arn:aws:bedrock-agentcore:us-east-1:111122223333:code-interpreter-custom/shared-AbCdEf0123';
    const interpreter = CodeInterpreter.fromCodeInterpreterArn(stack, 'Shared', arn);
    expect(() => new CodeInterpreterInvoker(stack, 'Invoker', { interpreter })).toThrow('got one in us-east-1');
  });
});
