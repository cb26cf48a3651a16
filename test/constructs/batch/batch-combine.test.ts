import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { AnalysisScript, type BatchAnalysisProps, type BatchCombine } from '../../../lib';
import { batchTemplate, propertiesOf, readable, statementsOf } from '../../support/batch-stack';

const SCRIPTS = join(__dirname, '../../fixtures/analyses');

const templateOf = (combine: Partial<BatchCombine>, props: Partial<BatchAnalysisProps> = {}) =>
  batchTemplate(() => {}, {
    combine: { script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.py')), ...combine },
    ...props,
  });

function settingsOf(combine: Partial<BatchCombine>) {
  const [worker] = propertiesOf(templateOf(combine), 'AWS::Lambda::Function', 'SalesWorker');
  return JSON.parse(worker?.Environment.Variables.BATCH_SETTINGS);
}

describe('a script over all results', () => {
  test('may take ten minutes and is given no files, unless told otherwise', () => {
    expect(settingsOf({}).combine).toEqual({
      script: { name: 'combine.py', language: 'python', parameters: {} },
      itemTimeoutSeconds: 600,
      longItems: false,
      sessionTimeoutSeconds: 600 + 900,
      files: [],
    });
  });

  test('runs in the background if it may take longer than 13 minutes, whatever the items', () => {
    const settings = settingsOf({ timeout: Duration.hours(2), files: ['*.parquet'] });
    expect(settings.combine).toMatchObject({ longItems: true, itemTimeoutSeconds: 7200, files: ['*.parquet'] });
    expect(settings.longItems).toBe(false);
  });

  test('may be in another language than the analysis, with parameters of its own', () => {
    const script = AnalysisScript.fromAsset(join(SCRIPTS, 'combine.ts'), { parameters: { top: 10 } });
    expect(settingsOf({ script }).combine.script).toEqual({
      name: 'combine.ts',
      language: 'typescript',
      parameters: { top: 10 },
    });
  });

  test('lets the worker read this asset, and the reporter make way for a new combination', () => {
    const template = templateOf({});
    const [worker] = propertiesOf(template, 'AWS::Lambda::Function', 'SalesWorker');
    expect(worker?.Environment.Variables.COMBINE_KEY).toMatch(/^[0-9a-f]{64}\.py$/);
    expect(JSON.stringify(statementsOf(template, 'SalesWorker'))).toContain(worker?.Environment.Variables.COMBINE_KEY);
    const mayDelete = {
      Action: 's3:DeleteObject',
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['InterpreterStagingBucket', 'Arn'] }, '/runs/Sales/*']] },
      Condition: { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } },
    };
    expect(readable(statementsOf(template, 'SalesReporter'))).toContainEqual(mayDelete);
    expect(
      readable(
        statementsOf(
          batchTemplate(() => {}),
          'SalesReporter',
        ),
      ),
    ).not.toContainEqual(mayDelete);
  });

  test.each<[string, Partial<BatchCombine>, string]>([
    [
      'too long',
      { timeout: Duration.hours(8) },
      'combine.timeout must be 1 second to 7 hours 45 minutes, in whole seconds; got 8 hours',
    ],
    [
      'a pattern that begins with a slash',
      { files: ['/a.csv'] },
      'a pattern in combine.files must be 1 to 256 characters and not begin with "/", since it is matched with the path in an item\'s output, such as "*.parquet"; got "/a.csv"',
    ],
    ['too many patterns', { files: Array(21).fill('*') }, 'combine.files may have 20 patterns; got 21'],
  ])('fails, and says what would be right: %s', (_, combine, message) => {
    expect(() => templateOf(combine)).toThrow(message);
  });

  test('fails when a session could not live as long as it', () => {
    expect(() => templateOf({}, { sessionTimeout: Duration.minutes(9), itemTimeout: Duration.minutes(1) })).toThrow(
      'sessionTimeout must be at least a minute longer than combine.timeout, 11 minutes; got 9 minutes',
    );
  });
});
