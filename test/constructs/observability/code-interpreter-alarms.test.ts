import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Token } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { CodeInterpreter, CodeInterpreterAlarms, type CodeInterpreterAlarmsProps } from '../../../lib/constructs';
import { templateOf } from '../template-of';

interface AlarmProperties {
  readonly AlarmDescription: string;
  readonly Threshold: number;
  readonly Metrics?: { readonly Expression?: string }[];
}

function alarmsOf(props: Partial<CodeInterpreterAlarmsProps> = {}): Record<string, AlarmProperties> {
  const template = templateOf((stack) => {
    new CodeInterpreterAlarms(stack, 'Alarms', { interpreter: new CodeInterpreter(stack, 'Interpreter'), ...props });
  });
  const found = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
  return Object.fromEntries(
    found.map(([id, { Properties }]) => [id.replace(/^Alarms|[0-9A-F]{8}$/g, ''), Properties as AlarmProperties]),
  );
}

const defaults = alarmsOf();

test('by default, there are five alarms with these thresholds, without actions', () => {
  const thresholds = Object.entries(defaults).map(([id, { Threshold }]) => [id, Threshold]);
  expect(Object.fromEntries(thresholds)).toEqual({
    SystemErrors: 5,
    Throttles: 10,
    UserErrors: 25,
    SlowStarts: 10_000,
    ActiveSessions: 80,
  });
  for (const alarm of Object.values(defaults)) {
    expect(alarm).toMatchObject({
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      DatapointsToAlarm: 2,
      EvaluationPeriods: 3,
      TreatMissingData: 'notBreaching',
    });
    expect(alarm).not.toHaveProperty('AlarmActions');
  }
});

test('errors and throttles are counted over all operations', () => {
  expect(defaults.SystemErrors?.Metrics?.[0]?.Expression).toBe(
    'FILL(systemErrors_start, 0) + FILL(systemErrors_invoke, 0) + FILL(systemErrors_stop, 0)',
  );
  expect(JSON.stringify(defaults.SystemErrors)).toContain('"Name":"Operation","Value":"StartCodeInterpreterSession"');
});

test('a share of few requests sets off nothing', () => {
  expect(defaults.UserErrors?.Metrics?.[0]?.Expression).toBe('IF(requests >= 20, 100 * errors / requests, 0)');
});

test('thresholds can be set, and a limit to the daily cost', () => {
  const alarms = alarmsOf({
    systemErrors: 1,
    throttles: 2,
    userErrorPercentage: 3,
    startLatency: Duration.seconds(4),
    sessionQuota: 50,
    sessionQuotaPercentage: 60,
    dailyCost: 12.5,
  });
  const thresholds = Object.values(alarms).map(({ Threshold }) => Threshold);
  expect(thresholds.sort((one, other) => one - other)).toEqual([1, 2, 3, 12.5, 60, 4000]);
  expect(alarms.ActiveSessions?.Metrics?.[0]?.Expression).toBe('100 * sessions / 50');
  expect(alarms.DailyCost).toMatchObject({ EvaluationPeriods: 1, DatapointsToAlarm: 1 });
});

test('thresholds can be tokens', () => {
  const parameter = (name: string) => Token.asNumber({ Ref: name });
  const alarms = alarmsOf({ systemErrors: parameter('Errors'), sessionQuota: parameter('Quota') });
  expect(alarms.SystemErrors?.Threshold).toEqual({ Ref: 'Errors' });
  expect(alarms.ActiveSessions?.Metrics?.[0]?.Expression).toEqual({
    'Fn::Join': ['', ['100 * sessions / ', { Ref: 'Quota' }]],
  });
});

test('actions are taken when an alarm goes off and when it is over', () => {
  const template = templateOf((stack) => {
    const interpreter = new CodeInterpreter(stack, 'Interpreter');
    const actions = [new SnsAction(new sns.Topic(stack, 'Topic'))];
    expect(new CodeInterpreterAlarms(stack, 'Alarms', { interpreter, actions }).alarms).toHaveLength(5);
  });
  template.allResourcesProperties('AWS::CloudWatch::Alarm', {
    AlarmActions: [{ Ref: 'TopicBFC7AF6E' }],
    OKActions: [{ Ref: 'TopicBFC7AF6E' }],
  });
});

test('every alarm leads to a section of the runbook', () => {
  const runbook = readFileSync(join(__dirname, '../../../docs/runbook.md'), 'utf8');
  const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );
  for (const { AlarmDescription } of Object.values(alarmsOf({ dailyCost: 1 }))) {
    const [, anchor] = /Runbook: https:\/\/github\.com\/.+\/docs\/runbook\.md#(.+)$/.exec(AlarmDescription) ?? [];
    expect(anchors).toContain(anchor);
  }
});

test.each([
  ['systemErrors', { systemErrors: 0 }, 'greater than 0; got 0'],
  ['throttles', { throttles: -1 }, 'greater than 0; got -1'],
  ['userErrorPercentage', { userErrorPercentage: 101 }, 'greater than 0 and at most 100; got 101'],
  ['sessionQuotaPercentage', { sessionQuotaPercentage: 0 }, 'greater than 0 and at most 100; got 0'],
  ['dailyCost', { dailyCost: Number.NaN }, 'greater than 0; got NaN'],
  ['startLatency', { startLatency: Duration.seconds(0) }, 'greater than 0; got 0'],
])('fails when %s is out of range', (name, props, problem) => {
  expect(() => alarmsOf(props)).toThrow(`Stack/Alarms: ${name} must be ${problem}`);
});
