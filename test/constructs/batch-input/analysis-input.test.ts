import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AnalysisInput, AnalysisScript, BatchAnalysis, CodeInterpreter } from '../../../lib';
import type { BatchInput } from '../../../lib/contract/batch';

const SCRIPT = join(__dirname, '../../fixtures/analyses/count.py');

function build(input: AnalysisInput): Stack {
  const stack = new Stack(new App(), 'Test');
  new BatchAnalysis(stack, 'Sales', {
    interpreter: new CodeInterpreter(stack, 'Interpreter'),
    script: AnalysisScript.fromAsset(SCRIPT),
    input,
  });
  return stack;
}

/** What the planner is told of the input. */
function settingsOf(input: AnalysisInput): BatchInput {
  const lambdas = Object.entries(Template.fromStack(build(input)).findResources('AWS::Lambda::Function'));
  const [, planner] = lambdas.find(([id]) => id.includes('Planner')) ?? [];
  return JSON.parse(planner?.Properties.Environment.Variables.BATCH_SETTINGS).input;
}

describe('the input of a batch', () => {
  test('found under a prefix, by suffix and patterns', () => {
    const found = { suffixes: ['.csv'], include: ['2026/**'], exclude: ['**/draft-*'] };
    expect(settingsOf(AnalysisInput.fromPrefix('sales/', found))).toEqual({
      kind: 'prefix',
      prefix: 'sales/',
      keys: [],
      ...found,
    });
  });

  test('from a manifest, under incoming/ unless it says otherwise', () => {
    expect(settingsOf(AnalysisInput.fromManifest('incoming/list.csv'))).toEqual({
      kind: 'manifest',
      prefix: 'incoming/',
      suffixes: [],
      keys: [],
      manifest: 'incoming/list.csv',
    });
    expect(settingsOf(AnalysisInput.fromManifest('sales/list.jsonl.gz', { prefix: 'sales/' }))).toMatchObject({
      prefix: 'sales/',
      manifest: 'sales/list.jsonl.gz',
    });
  });

  test('with a grid, whatever the items come from', () => {
    const grid = { threshold: [1, 2, 3], method: ['a', 'b'] };
    for (const input of [
      AnalysisInput.fromPrefix('incoming/', { grid }),
      AnalysisInput.fromItems([], { grid }),
      AnalysisInput.fromManifest('incoming/list.csv', { grid }),
    ]) {
      expect(settingsOf(input).grid).toEqual(grid);
    }
  });

  const numbers = (length: number) => Array.from({ length }, (_, index) => index);

  test.each([
    [
      'a manifest outside of the prefix',
      AnalysisInput.fromManifest('elsewhere/list.csv'),
      'manifest "elsewhere/list.csv" is outside of the input\'s prefix "incoming/"',
    ],
    [
      'a manifest of an unknown kind',
      AnalysisInput.fromManifest('incoming/list.xlsx'),
      'the manifest must end in .json, .jsonl, .ndjson or .csv, or one of these and .gz; got "incoming/list.xlsx"',
    ],
    [
      'a pattern with the prefix in it',
      AnalysisInput.fromPrefix('incoming/', { include: ['/incoming/*.csv'] }),
      'a pattern in include must be 1 to 256 characters and not begin with "/", since it is matched with what follows the prefix, such as "**/*.csv"; got "/incoming/*.csv"',
    ],
    ['an empty pattern', AnalysisInput.fromPrefix('incoming/', { exclude: [''] }), 'a pattern in exclude must be'],
    [
      'too many patterns',
      AnalysisInput.fromPrefix('incoming/', { include: numbers(21).map(String) }),
      'include may have 20 patterns; got 21',
    ],
    [
      'a grid that is none',
      AnalysisInput.fromPrefix('incoming/', { grid: { threshold: 3 } }),
      'the input\'s grid cannot be run: "threshold" must be an array of at least one value, such as [1, 2]; got 3',
    ],
    [
      'a parameter without a value',
      AnalysisInput.fromPrefix('incoming/', { grid: { threshold: [] } }),
      '"threshold" must be an array of at least one value, such as [1, 2]; got []',
    ],
    [
      'a value that JSON cannot hold',
      AnalysisInput.fromPrefix('incoming/', { grid: { threshold: [Number.NaN] } }),
      'the values of "threshold" must be what JSON can hold; got NaN',
    ],
    [
      'the same value twice',
      AnalysisInput.fromPrefix('incoming/', { grid: { threshold: ['a', 'a'] } }),
      'the values of "threshold" must differ; got "a" twice',
    ],
    [
      'too many combinations',
      AnalysisInput.fromPrefix('incoming/', { grid: { a: numbers(40), b: numbers(40) } }),
      'it has 1600 combinations of a, b; at most 1000 may be run on each item',
    ],
    [
      'more than fits into the environment of a Lambda',
      AnalysisInput.fromItems(numbers(200).map((number) => `incoming/${number}.csv`)),
      'characters as JSON, of at most 2500: list the items in an object, with AnalysisInput.fromManifest()',
    ],
  ])('cannot be %s', (_, input, message) => {
    expect(() => build(input)).toThrow(`Test/Sales`);
    expect(() => build(input)).toThrow(message);
  });
});
