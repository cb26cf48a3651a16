import { join } from 'node:path';
import { type Stack, Token } from 'aws-cdk-lib';
import {
  AnalysisScript,
  BatchAnalysis,
  CodeInterpreter,
  CodeInterpreterDashboard,
  type CodeInterpreterDashboardProps,
} from '../../../lib/constructs';
import { only, templateOf } from '../template-of';

function dashboardOf(props: Partial<CodeInterpreterDashboardProps> = {}): Record<string, unknown> {
  const template = templateOf((stack) => {
    const interpreter = new CodeInterpreter(stack, 'Interpreter');
    new CodeInterpreterDashboard(stack, 'Dashboard', { interpreter, ...props });
  });
  return only(template, 'AWS::CloudWatch::Dashboard');
}

/** The body, in which tokens have become their JSON. */
function bodyOf(dashboard: Record<string, unknown>): string {
  return JSON.stringify(dashboard.DashboardBody).replaceAll('\\"', '"');
}

test('shows what there is to see', () => {
  const titles = [...bodyOf(dashboardOf()).matchAll(/"title":"([^"]+)"/g)].map(([, title]) => title);
  expect(titles).toEqual([
    'Invocations',
    'Latency at the 95th percentile (ms)',
    'Session duration',
    'System errors',
    'User errors',
    'Throttles',
    'Active sessions of the account',
    'vCPU and memory hours of the account',
    'Estimated cost of the account',
  ]);
});

test('has a row for each batch, below all else, in the order in which they were given and added', () => {
  const body = templateOf((stack) => {
    const interpreter = new CodeInterpreter(stack, 'Interpreter');
    const batches = ['Sales', 'Stock'].map((name) => batchOf(stack, interpreter, name));
    const dashboard = new CodeInterpreterDashboard(stack, 'Dashboard', { interpreter, batches });
    dashboard.addBatch(batchOf(stack, interpreter, 'Later'));
  });
  const widgets = widgetsOf(only(body, 'AWS::CloudWatch::Dashboard')).slice(9);
  expect(widgets.map(({ x, properties }) => [x, properties.title])).toEqual(
    ['Sales', 'Stock', 'Later'].flatMap((name) => [
      [0, `${name}: items`],
      [8, `${name}: duration of runs`],
      [16, `${name}: estimated cost`],
    ]),
  );
  // Three rows, below the three of the interpreter.
  expect(widgets.map(({ y }) => y)).toEqual([18, 18, 18, 24, 24, 24, 30, 30, 30]);
});

test('has no row of a batch by default', () => {
  expect(widgetsOf(dashboardOf())).toHaveLength(9);
});

function batchOf(stack: Stack, interpreter: CodeInterpreter, name: string): BatchAnalysis {
  const script = AnalysisScript.fromAsset(join(__dirname, '../../fixtures/analyses/count.py'));
  return new BatchAnalysis(stack, name, { interpreter, script });
}

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly properties: { readonly title: string };
}

/** The widgets, with tokens in them replaced by nothing that matters. */
function widgetsOf(dashboard: Record<string, unknown>): Widget[] {
  const { 'Fn::Join': join } = dashboard.DashboardBody as { 'Fn::Join': [string, unknown[]] };
  const text = join[1].map((part) => (typeof part === 'string' ? part : 'token')).join('');
  return JSON.parse(text).widgets;
}

test('draws the quota of sessions, 1000 by default', () => {
  expect(bodyOf(dashboardOf())).toContain('"value":1000');
  expect(bodyOf(dashboardOf({ sessionQuota: 50 }))).toContain('"value":50');
});

test('has a generated name by default, or a given one', () => {
  expect(dashboardOf()).not.toHaveProperty('DashboardName');
  expect(dashboardOf({ dashboardName: 'analyses' })).toMatchObject({ DashboardName: 'analyses' });
  const dashboardName = Token.asString({ Ref: 'Name' });
  expect(dashboardOf({ dashboardName })).toMatchObject({ DashboardName: { Ref: 'Name' } });
});

test.each(['with blanks', '', 'a'.repeat(256)])('fails when the name is "%s"', (dashboardName) => {
  expect(() => dashboardOf({ dashboardName })).toThrow(
    `Stack/Dashboard: dashboardName must be letters, digits, hyphens and underscores, 255 characters at most; got "${dashboardName}"`,
  );
});
