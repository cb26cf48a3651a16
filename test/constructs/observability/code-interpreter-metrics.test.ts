import { Duration, type Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { CodeInterpreter } from '../../../lib/constructs';
import { stackWith } from '../template-of';

function metricOf(metric: (interpreter: CodeInterpreter) => cloudwatch.Metric): cloudwatch.Metric {
  let found: cloudwatch.Metric | undefined;
  stackWith((stack: Stack) => {
    found = metric(new CodeInterpreter(stack, 'Interpreter'));
  });
  if (!found) {
    throw new Error('no metric');
  }
  return found;
}

const resource = expect.stringContaining('TOKEN');

describe('metrics of the interpreter', () => {
  test('of an operation have its dimensions', () => {
    const metric = metricOf((it) => it.metricInvocationsForApiOperation('InvokeCodeInterpreter'));
    expect(metric).toMatchObject({
      namespace: 'AWS/Bedrock-AgentCore',
      metricName: 'Invocations',
      statistic: 'Sum',
      dimensions: { Resource: resource, Operation: 'InvokeCodeInterpreter' },
    });
  });

  test.each([
    [
      'metricForApiOperation',
      (it: CodeInterpreter, props: cloudwatch.MetricOptions) => it.metricForApiOperation('Latency', 'Start', props),
    ],
    [
      'metricLatencyForApiOperation',
      (it: CodeInterpreter, props: cloudwatch.MetricOptions) => it.metricLatencyForApiOperation('Start', props),
    ],
    [
      'metricThrottlesForApiOperation',
      (it: CodeInterpreter, props: cloudwatch.MetricOptions) => it.metricThrottlesForApiOperation('Start', props),
    ],
    [
      'metricSystemErrorsForApiOperation',
      (it: CodeInterpreter, props: cloudwatch.MetricOptions) => it.metricSystemErrorsForApiOperation('Start', props),
    ],
    [
      'metricUserErrorsForApiOperation',
      (it: CodeInterpreter, props: cloudwatch.MetricOptions) => it.metricUserErrorsForApiOperation('Start', props),
    ],
  ])('%s keeps the operation when dimensions are added', (_, metric) => {
    const { dimensions } = metricOf((it) => metric(it, { dimensionsMap: { Name: 'more' } }));
    expect(dimensions).toEqual({ Resource: resource, Operation: 'Start', Name: 'more' });
  });

  test('of session durations keep their operation when dimensions are added', () => {
    const { dimensions, metricName, statistic } = metricOf((it) =>
      it.metricSessionDuration({ dimensionsMap: { Name: 'more' } }),
    );
    expect(dimensions).toEqual({ Resource: resource, Operation: 'CodeInterpreterSession', Name: 'more' });
    expect([metricName, statistic]).toEqual(['Duration', 'Average']);
  });
});

describe('metrics of the account', () => {
  test.each([
    ['ActiveSessionCount', 'Maximum', (it: CodeInterpreter) => it.metricActiveSessions()],
    ['CPUUsed-vCPUHours', 'Sum', (it: CodeInterpreter) => it.metricVcpuHours()],
    ['MemoryUsed-GBHours', 'Sum', (it: CodeInterpreter) => it.metricMemoryGbHours()],
  ])('%s', (metricName, statistic, metric) => {
    expect(metricOf(metric)).toMatchObject({
      namespace: 'AWS/Bedrock-AgentCore',
      metricName,
      statistic,
      dimensions: { Service: 'AgentCore.CodeInterpreter' },
    });
  });

  test('keep the service when dimensions are added', () => {
    const { dimensions } = metricOf((it) => it.metricVcpuHours({ dimensionsMap: { Resource: 'arn' } }));
    expect(dimensions).toEqual({ Service: 'AgentCore.CodeInterpreter', Resource: 'arn' });
  });

  test('the estimated cost is made of vCPU and memory hours', () => {
    stackWith((stack) => {
      const cost = new CodeInterpreter(stack, 'Interpreter').metricEstimatedCost({ period: Duration.hours(1) });
      expect(cost.expression).toBe('vcpu * 0.0895 + memory * 0.00945');
      expect(Object.keys(cost.usingMetrics)).toEqual(['vcpu', 'memory']);
      expect(cost.period.toHours()).toBe(1);
    });
  });
});
