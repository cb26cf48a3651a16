import { join } from 'node:path';
import validate from 'asl-validator';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AnalysisScript, BatchAnalysis, type BatchAnalysisProps, CodeInterpreter } from '../../lib';

const SCRIPT = join(__dirname, '../fixtures/analyses/count.py');

function definition(props: Partial<BatchAnalysisProps> = {}) {
  const stack = new Stack(new App(), 'Test');
  new BatchAnalysis(stack, 'Sales', {
    interpreter: new CodeInterpreter(stack, 'Interpreter'),
    script: AnalysisScript.fromAsset(SCRIPT),
    itemsPerSession: 3,
    ...props,
  });
  const [machine] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  const parts: (string | { 'Fn::GetAtt'?: string[]; Ref?: string })[] =
    machine?.Properties.DefinitionString['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : standIn(part))).join('');
  return JSON.parse(text);
}

/** An ARN, the partition or a bucket's name, as a deployment would put them in. */
function standIn({ 'Fn::GetAtt': attribute, Ref: reference }: { 'Fn::GetAtt'?: string[]; Ref?: string }): string {
  const lambda = /(Planner|Worker|Reporter)/.exec(attribute?.[0] ?? '')?.[1];
  return lambda
    ? `arn:aws:lambda:eu-west-1:111122223333:function:${lambda}`
    : reference === 'AWS::Partition'
      ? 'aws'
      : 'staging-bucket';
}

const workflow = definition();
const child = workflow.States.Analyse.ItemProcessor;

const LAMBDA_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
const retryFor = (...errors: string[]) => [
  {
    ErrorEquals: [...LAMBDA_ERRORS, ...errors],
    IntervalSeconds: 2,
    MaxAttempts: 6,
    BackoffRate: 2,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
];

describe('the definition of a batch', () => {
  test('is valid in the Amazon States Language', () => {
    const { isValid, errorsText } = validate(workflow, { checkArn: true, checkPaths: true });
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  test('has not changed', () => {
    expect(workflow).toMatchSnapshot();
  });

  test('the names of the states, which are API', () => {
    expect(Object.keys(workflow.States).sort()).toEqual([
      'Analyse',
      'Anything to do?',
      'Gather results',
      'Plan',
      'Report',
      'Run failed',
      'Run succeeded?',
      'Succeeded',
    ]);
    expect(Object.keys(child.States).sort()).toEqual([
      'All done?',
      'Another session?',
      'Give up',
      'Note failure',
      'Prepare',
      'Run items',
      'Session done',
      'Session failed',
      'Start session',
      'Stop session',
      'Wait for the item',
    ]);
  });

  test('only what is worth it is tried again', () => {
    expect(workflow.States.Plan.Retry).toEqual(retryFor('Runtime.ExitError', 'Lambda.Unknown'));
    expect(workflow.States['Gather results'].Retry).toEqual(retryFor('Runtime.ExitError', 'Lambda.Unknown'));
    expect(workflow.States.Report.Retry).toEqual(retryFor('Runtime.ExitError', 'Lambda.Unknown'));
    expect(workflow.States['Run failed'].Retry).toEqual(retryFor());
    expect(child.States['Start session'].Retry).toEqual(
      retryFor('ServiceUnavailable', 'Runtime.ExitError', 'Lambda.Unknown'),
    );
    expect(child.States['Run items'].Retry).toEqual(retryFor('ServiceUnavailable'));
    expect(child.States['Stop session'].Retry).toEqual(
      retryFor('ServiceUnavailable', 'Runtime.ExitError', 'Lambda.Unknown'),
    );
  });

  test('a session is stopped on every path: whatever happens to its items, Stop comes next', () => {
    expect(child.States['Run items'].Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: '$.failures.last', Next: 'Note failure' },
    ]);
    expect(child.States['Note failure'].Next).toBe('Stop session');
    expect(child.States['All done?'].Default).toBe('Stop session');
  });

  test('a child execution uses up at most two sessions an item, and two more, and gives up after three other failures', () => {
    expect(child.States['Another session?'].Choices).toContainEqual({
      And: [
        { Variable: '$.session.attempt', NumericLessThan: 8 },
        { Variable: '$.failures.count', NumericLessThan: 3 },
      ],
      Next: 'Start session',
    });
    expect(child.States['Another session?'].Default).toBe('Give up');
  });

  test('whoever gives up says why, in the results and in the end of the child execution', () => {
    expect(child.States['Start session'].Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: '$.failures.last', Next: 'Give up' },
    ]);
    expect(child.States['Give up']).toMatchObject({
      Parameters: { action: 'giveUp', 'failure.$': '$.failures.last' },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Session failed' }],
      Next: 'Session failed',
    });
    expect(child.States['Session failed']).toMatchObject({
      Error: 'SessionsLost',
      CausePath: '$.failures.last.Cause',
    });
  });

  test('the results are gathered, and reported, whatever happens to the Map Run', () => {
    expect(workflow.States.Analyse.Next).toBe('Gather results');
    expect(workflow.States.Analyse.Catch).toEqual([
      { ErrorEquals: ['States.ALL'], ResultPath: '$.mapFailure', Next: 'Gather results' },
    ]);
    expect(workflow.States.Analyse.ToleratedFailurePercentage).toBe(100);
    expect(workflow.States['Gather results'].Next).toBe('Report');
  });

  test('a redrive begins with what has failed, the task at the end, and goes back to Plan from there', () => {
    expect(workflow.States['Run succeeded?'].Default).toBe('Run failed');
    expect(workflow.States['Run failed']).toMatchObject({
      Type: 'Task',
      Parameters: { action: 'fail', 'report.$': '$.report', 'redriveCount.$': '$$.Execution.RedriveCount' },
      Next: 'Plan',
    });
    expect(workflow.States.Report.Parameters).toMatchObject({ 'redriveCount.$': '$$.Execution.RedriveCount' });
    expect(workflow.States.Plan.Parameters).toMatchObject({ 'request.$': '$$.Execution.Input' });
  });

  test("the execution's input, which may be as large as a state's data, is not carried along", () => {
    expect(workflow.States.Plan.ResultSelector).toEqual({ 'plan.$': '$', mapFailure: { Error: '', Cause: '' } });
    expect(workflow.States.Plan).not.toHaveProperty('ResultPath');
  });

  test("the Map Run writes its results below the run, whatever the app's feature flags", () => {
    expect(workflow.States.Analyse.ResultWriter).toEqual({
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: 'staging-bucket', 'Prefix.$': "States.Format('runs/Sales/{}/map', $.plan.runId)" },
    });
  });
});

describe('the definition of a batch with a script over all results', () => {
  const combining = definition({ combine: { script: AnalysisScript.fromAsset(SCRIPT) } });

  test('is valid in the Amazon States Language', () => {
    const { isValid, errorsText } = validate(combining, { checkArn: true, checkPaths: true });
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  test('runs it between gathering the results and the report, if there is anything to combine', () => {
    expect(combining.States['Gather results'].Next).toBe('Anything to combine?');
    expect(combining.States['Anything to combine?']).toMatchObject({
      Type: 'Choice',
      Choices: [{ Variable: '$.gathered.combine', BooleanEquals: true, Next: 'Combine' }],
      Default: 'Report',
    });
    expect(combining.States.Combine).toMatchObject({
      Next: 'Report',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.mapFailure', Next: 'Report' }],
      MaxConcurrency: 1,
      ItemBatcher: { MaxItemsPerBatch: 1, BatchInput: { stage: 'combine' } },
    });
  });

  test('in the same states as the items, each called after its own', () => {
    const names = Object.keys(child.States).map((name) => `${name} (combine)`);
    expect(Object.keys(combining.States.Combine.ItemProcessor.States).sort()).toEqual(names.sort());
  });
});
