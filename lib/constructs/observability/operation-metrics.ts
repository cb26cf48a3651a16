import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ICodeInterpreter } from '../model/code-interpreter-base';

/** The operations that the service counts by themselves, and how they are called where people see them. */
export const DATA_PLANE_OPERATIONS = {
  start: { operation: 'StartCodeInterpreterSession', label: 'Start' },
  invoke: { operation: 'InvokeCodeInterpreter', label: 'Invoke' },
  stop: { operation: 'StopCodeInterpreterSession', label: 'Stop' },
} as const;

/** One metric for each operation. */
export function metricsByOperation(
  interpreter: ICodeInterpreter,
  metricName: string,
  props: cloudwatch.MetricOptions,
): Record<string, cloudwatch.Metric> {
  return Object.fromEntries(
    Object.entries(DATA_PLANE_OPERATIONS).map(([id, { operation, label }]) => [
      id,
      interpreter.metricForApiOperation(metricName, operation, { label, ...props }),
    ]),
  );
}

/** A metric over all operations, in which no data counts as none. */
export function sumOverOperations(
  interpreter: ICodeInterpreter,
  metricName: string,
  period: Duration,
): cloudwatch.MathExpression {
  // Ids are unique within an expression that uses several of these.
  const prefix = metricName.charAt(0).toLowerCase() + metricName.slice(1);
  const metrics = Object.entries(metricsByOperation(interpreter, metricName, { statistic: 'Sum', period }));
  const usingMetrics = Object.fromEntries(metrics.map(([id, metric]) => [`${prefix}_${id}`, metric]));
  return new cloudwatch.MathExpression({
    expression: Object.keys(usingMetrics)
      .map((id) => `FILL(${id}, 0)`)
      .join(' + '),
    usingMetrics,
    label: metricName,
    period,
  });
}
