// biome-ignore-all lint/style/noExcessiveLinesPerFile: all properties of one construct, beside each other.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import {
  AnalysisInput,
  AnalysisScript,
  BatchAnalysis,
  type BatchAnalysisProps,
  CodeInterpreter,
  StagingBucket,
} from '../../../lib';
import type { BatchSettings } from '../../../lib/contract/batch';

const SCRIPT = join(__dirname, '../../fixtures/analyses/count.py');

interface Built {
  readonly stack: Stack;
  readonly batch: BatchAnalysis;
}

function build(props: Partial<BatchAnalysisProps> = {}): Built {
  const stack = new Stack(new App(), 'Test');
  const interpreter = props.interpreter ?? new CodeInterpreter(stack, 'Interpreter');
  const batch = new BatchAnalysis(stack, 'Sales', {
    interpreter,
    script: AnalysisScript.fromAsset(SCRIPT),
    ...props,
  });
  return { stack, batch };
}

const manyParameters = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x']));

const defaults = build();
const template = Template.fromStack(defaults.stack);

/** The definition, with what only a deployment knows left as it is. */
function definitionOf(of: Template): string {
  const machines = Object.values(of.findResources('AWS::StepFunctions::StateMachine'));
  const parts: unknown[] = machines.flatMap(({ Properties }) => Properties.DefinitionString['Fn::Join'][1]);
  return parts.map((part) => (typeof part === 'string' ? part : 'TOKEN')).join('');
}

function settingsOf(of: Template): BatchSettings {
  const planner = lambdaOf(of, 'Planner');
  return JSON.parse(planner.Environment.Variables.BATCH_SETTINGS);
}

function lambdaOf(of: Template, name: string) {
  const found = Object.entries(of.findResources('AWS::Lambda::Function')).find(([id]) => id.includes(name));
  return found?.[1].Properties;
}

/** The statements of the role that a construct of the batch has. */
function statementsOf(of: Template, name: string): Record<string, unknown>[] {
  return Object.entries(of.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(`Sales${name}`))
    .flatMap(([, policy]) => policy.Properties.PolicyDocument.Statement);
}

const BUCKET = { 'Fn::GetAtt': [Match.stringLikeRegexp('^InterpreterStaging'), 'Arn'] };
const inBucket = (path: string) => ({ 'Fn::Join': ['', [BUCKET, path]] });
const OWN_ACCOUNT = { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } };
const INTERPRETER = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Interpreter'), 'CodeInterpreterArn'] };
const XRAY = {
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Effect: 'Allow',
  Resource: '*',
};
const logsOf = (name: string) =>
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], {
    'Fn::GetAtt': [Match.stringLikeRegexp(`^Sales${name}Logs`), 'Arn'],
  });
const allow = (Action: string | string[], Resource: unknown, Condition?: object) => ({
  Action,
  Effect: 'Allow',
  Resource,
  ...(Condition ? { Condition } : {}),
});
const list = (prefix: string) =>
  allow('s3:ListBucket', BUCKET, { StringEquals: OWN_ACCOUNT, StringLike: { 's3:prefix': prefix } });
const objects = (Action: string | string[], path: string) =>
  allow(Action, inBucket(path), { StringEquals: OWN_ACCOUNT });

function expectStatements(name: string, expected: object[]): void {
  const matcher = Match.arrayEquals(expected);
  const result = matcher.test(statementsOf(template, name));
  expect(result.toHumanStrings()).toEqual([]);
}

describe('the defaults of a batch', () => {
  test('the input is everything under incoming/', () => {
    expect(settingsOf(template).input).toEqual({ kind: 'prefix', prefix: 'incoming/', suffixes: [], keys: [] });
  });

  test("the name is the construct's id", () => {
    expect(defaults.batch.batchName).toBe('Sales');
    expect(settingsOf(template).name).toBe('Sales');
  });

  test('ten sessions run at once, with 25 items each', () => {
    const { Analyse } = JSON.parse(definitionOf(template)).States;
    expect(Analyse.MaxConcurrency).toBe(10);
    expect(Analyse.ItemBatcher.MaxItemsPerBatch).toBe(25);
  });

  test('an item may take five minutes, and a session as long as its items and 15 minutes', () => {
    expect(settingsOf(template)).toMatchObject({ itemTimeoutSeconds: 300, sessionTimeoutSeconds: 25 * 300 + 900 });
  });

  test('an item of more than 13 minutes runs in the background, alone in its session', () => {
    const of = (itemTimeout: Duration) => Template.fromStack(build({ itemTimeout }).stack);
    const long = of(Duration.minutes(14));
    expect(settingsOf(long)).toMatchObject({ longItems: true, sessionTimeoutSeconds: 14 * 60 + 900 });
    expect(JSON.parse(definitionOf(long)).States.Analyse.ItemBatcher.MaxItemsPerBatch).toBe(1);
    expect(settingsOf(of(Duration.minutes(13))).longItems).toBe(false);
  });

  test('a session lives at most eight hours', () => {
    const { stack } = build({ itemTimeout: Duration.minutes(13), itemsPerSession: 500 });
    expect(settingsOf(Template.fromStack(stack)).sessionTimeoutSeconds).toBe(28_800);
  });

  test('no failed item is tolerated', () => {
    expect(settingsOf(template).tolerated).toEqual({});
  });

  test('a share, a number, or both may be tolerated', () => {
    const { stack } = build({ toleratedFailurePercentage: 5, toleratedFailureCount: 10 });
    expect(settingsOf(Template.fromStack(stack)).tolerated).toEqual({ percentage: 5, count: 10 });
  });

  test('logs are kept for three months and hold no execution data', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
      TracingConfiguration: { Enabled: true },
    });
  });

  test('the Lambdas run the bundles that the package ships', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
  });
});

describe('what a batch may do', () => {
  test('the planner reads the input, and reads, writes and replaces what is below the runs', () => {
    expectStatements('Planner', [
      XRAY,
      logsOf('Planner'),
      objects('s3:GetObject', '/incoming/*'),
      list('incoming/*'),
      objects('s3:GetObject', '/runs/Sales/*'),
      list('runs/Sales/*'),
      objects(['s3:PutObject', 's3:AbortMultipartUpload'], '/runs/Sales/*'),
      objects('s3:DeleteObject', '/runs/Sales/*'),
    ]);
  });

  test('the worker reads the input and its script, writes results, and uses the interpreter', () => {
    expectStatements('Worker', [
      XRAY,
      logsOf('Worker'),
      objects('s3:GetObject', '/incoming/*'),
      list('incoming/*'),
      objects('s3:GetObject', '/runs/Sales/*'),
      list('runs/Sales/*'),
      objects(['s3:PutObject', 's3:AbortMultipartUpload'], '/runs/Sales/*'),
      allow('s3:GetObject', Match.objectLike({ 'Fn::Join': Match.anyValue() })),
      allow(
        [
          'bedrock-agentcore:StartCodeInterpreterSession',
          'bedrock-agentcore:InvokeCodeInterpreter',
          'bedrock-agentcore:GetCodeInterpreterSession',
          'bedrock-agentcore:StopCodeInterpreterSession',
        ],
        INTERPRETER,
      ),
    ]);
  });

  test('the reporter reads and writes what is below the runs, and stops orphaned sessions', () => {
    expectStatements('Reporter', [
      XRAY,
      logsOf('Reporter'),
      objects('s3:GetObject', '/runs/Sales/*'),
      list('runs/Sales/*'),
      objects(['s3:PutObject', 's3:AbortMultipartUpload'], '/runs/Sales/*'),
      allow('bedrock-agentcore:StopCodeInterpreterSession', INTERPRETER),
      allow('bedrock-agentcore:ListCodeInterpreterSessions', '*'),
    ]);
  });

  test("the state machine touches no object outside of the batch's runs", () => {
    const onS3 = statementsOf(template, 'StateMachine').filter(({ Action }) =>
      [Action].flat().some((a) => `${a}`.startsWith('s3:')),
    );
    const resources = onS3.map(({ Resource }) => JSON.stringify(Resource));
    expect(resources).toHaveLength(4);
    expect(resources.filter((resource) => !resource.includes('/runs/Sales/*'))).toEqual([
      JSON.stringify(onS3.find(({ Action }) => Action === 's3:ListBucket')?.Resource),
    ]);
  });

  test('grantStart allows to start the state machine and nothing else', () => {
    const { stack, batch } = build();
    const role = new iam.Role(stack, 'Scheduler', { assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com') });
    batch.grantStart(role);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'states:StartExecution',
            Effect: 'Allow',
            Resource: { Ref: Match.stringLikeRegexp('StateMachine') },
          },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Scheduler') }],
    });
  });
});

describe('an interpreter that is not of this package', () => {
  test('works with a staging bucket that is given', () => {
    const stack = new Stack(new App(), 'Test');
    const interpreter = new bedrockagentcore.CodeInterpreterCustom(stack, 'Plain', {
      codeInterpreterCustomName: 'plain',
    });
    new BatchAnalysis(stack, 'Sales', {
      interpreter,
      script: AnalysisScript.fromAsset(SCRIPT),
      staging: StagingBucket.create(),
    });
    expect(lambdaOf(Template.fromStack(stack), 'Worker').Environment.Variables.CODE_INTERPRETER_ID).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^Plain/), 'CodeInterpreterId'],
    });
  });

  test('fails without a staging bucket, and says how to give one', () => {
    const stack = new Stack(new App(), 'Test');
    const interpreter = new bedrockagentcore.CodeInterpreterCustom(stack, 'Plain');
    expect(() => new BatchAnalysis(stack, 'Sales', { interpreter, script: AnalysisScript.fromAsset(SCRIPT) })).toThrow(
      'Test/Sales: the interpreter Test/Plain has no staging bucket: give "staging", such as StagingBucket.create()',
    );
  });
});

describe('a batch with values that cannot work', () => {
  test.each<[string, Partial<BatchAnalysisProps>, string]>([
    [
      'a name with a space',
      { batchName: 'my sales' },
      'batchName must be 1 to 48 of A-Z a-z 0-9 _ -, beginning with a letter or a digit; got "my sales"',
    ],
    ['a name of 49 characters', { batchName: 'x'.repeat(49) }, `got "${'x'.repeat(49)}"`],
    ['no concurrency', { maxConcurrency: 0 }, 'maxConcurrency must be a whole number from 1 to 1000; got 0'],
    [
      'more sessions than the quota',
      { maxConcurrency: 1001 },
      'maxConcurrency must be a whole number from 1 to 1000; got 1001',
    ],
    [
      'half an item a session',
      { itemsPerSession: 0.5 },
      'itemsPerSession must be a whole number from 1 to 500; got 0.5',
    ],
    [
      'no time for an item',
      { itemTimeout: Duration.seconds(0) },
      'itemTimeout must be 1 second to 7 hours 45 minutes, in whole seconds; got 0 seconds',
    ],
    [
      'too much time for an item',
      { itemTimeout: Duration.hours(8) },
      'itemTimeout must be 1 second to 7 hours 45 minutes, in whole seconds; got 8 hours',
    ],
    [
      'a fraction of a second',
      { itemTimeout: Duration.millis(1500) },
      'itemTimeout must be 1 second to 7 hours 45 minutes, in whole seconds',
    ],
    [
      'a session of nine hours',
      { sessionTimeout: Duration.hours(9) },
      'sessionTimeout must be 1 second to 8 hours, in whole seconds; got 9 hours',
    ],
    [
      'a session that no item fits into',
      { itemTimeout: Duration.minutes(5), sessionTimeout: Duration.minutes(5) },
      'sessionTimeout must be at least a minute longer than itemTimeout, 6 minutes; got 5 minutes',
    ],
    ['a negative tolerance', { toleratedFailurePercentage: -1 }, 'toleratedFailurePercentage must be 0 to 100; got -1'],
    [
      'a tolerance that is not a number',
      { toleratedFailurePercentage: Number.NaN },
      'toleratedFailurePercentage must be 0 to 100; got NaN',
    ],
    [
      'more long items a session than a history has room for',
      { itemTimeout: Duration.minutes(465), itemsPerSession: 6 },
      'itemsPerSession must be at most 5 for items that may take 7 hours 45 minutes, or the history of an execution would not hold all polls of them; got 6',
    ],
    [
      'a tolerated count that is none',
      { toleratedFailureCount: 1.5 },
      'toleratedFailureCount must be a whole number, 0 or more; got 1.5',
    ],
    [
      'more parameters than fit into the environment of a Lambda',
      { script: AnalysisScript.fromAsset(SCRIPT, { parameters: { text: 'x'.repeat(4000) } }) },
      "the settings of the batch take 4292 bytes in a Lambda's environment, of at most 3300 (input 76, parameters 4022, setup 4): give scripts fewer parameters",
    ],
    [
      'parameters that fit by their length, but not with their quotes, which count twice',
      { script: AnalysisScript.fromAsset(SCRIPT, { parameters: manyParameters(250) }) },
      "bytes in a Lambda's environment, of at most 3300",
    ],
    [
      'items outside of the prefix',
      { input: AnalysisInput.fromItems(['elsewhere/a.csv']) },
      'item "elsewhere/a.csv" is outside of the input\'s prefix "incoming/"',
    ],
    [
      'a prefix without its slash',
      { input: AnalysisInput.fromPrefix('incoming') },
      'the input\'s prefix must end with "/", not begin with "/" or "runs/", and not contain "*", such as "incoming/"; got "incoming"',
    ],
    [
      'a script that does not exist',
      { script: AnalysisScript.fromAsset('nowhere/sales.py') },
      'the script "nowhere/sales.py" does not exist below ',
    ],
    ['the whole bucket', { input: AnalysisInput.fromPrefix('') }, 'such as "incoming/"; got ""'],
    ['a prefix of results', { input: AnalysisInput.fromPrefix('runs/Other/') }, 'not begin with "/" or "runs/"'],
    [
      'a script in another language',
      { script: AnalysisScript.fromAsset('sales.r') },
      'the extension of the script must be one of .py, .js, .mjs, .ts, .mts; got "sales.r"',
    ],
    [
      'a script that is a folder',
      { script: AnalysisScript.fromAsset(`${__dirname}/x.py/..`.replace('/x.py/..', '.py')) },
      'does not exist below',
    ],
  ])('fails for %s', (_, props, message) => {
    expect(() => build(props)).toThrow(`Test/Sales`);
    expect(() => build(props)).toThrow(message);
  });

  test('fails for a script that is a folder', () => {
    const folder = `${mkdtempSync(join(tmpdir(), 'script-'))}.py`;
    mkdirSync(folder);
    try {
      expect(() => build({ script: AnalysisScript.fromAsset(folder) })).toThrow(`the script "${folder}" is not a file`);
    } finally {
      rmSync(folder, { recursive: true });
      rmSync(folder.slice(0, -'.py'.length), { recursive: true });
    }
  });
});
