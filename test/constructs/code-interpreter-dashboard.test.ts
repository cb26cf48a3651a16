import { Token } from 'aws-cdk-lib';
import { CodeInterpreter, CodeInterpreterDashboard, type CodeInterpreterDashboardProps } from '../../lib/constructs';
import { only, templateOf } from './template-of';

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
