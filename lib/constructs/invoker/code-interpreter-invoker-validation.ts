import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EnvironmentName } from '../../contract/environment';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import type { CodeInterpreterInvokerProps } from './code-interpreter-invoker-props';

/** Throws for what cannot work, with what would. */
export function checkInvoker(scope: Construct, props: CodeInterpreterInvokerProps): void {
  requireDuration(scope, 'timeout', props.timeout, { min: Duration.minutes(1), max: Duration.minutes(15) });
  requireDuration(scope, 'sessionTimeout', props.sessionTimeout, {
    min: Duration.seconds(SESSION_TIMEOUT_SECONDS.min),
    max: Duration.seconds(SESSION_TIMEOUT_SECONDS.max),
  });
  requireNumber(scope, 'memorySize', props.memorySize, 256, 10_240);
  requireNumber(scope, 'reservedConcurrentExecutions', props.reservedConcurrentExecutions, 1);
  const own: readonly string[] = Object.values(EnvironmentName);
  const taken = Object.keys(props.environment ?? {}).filter((name) => own.includes(name) || name.startsWith('AWS_'));
  if (taken.length > 0) {
    const problem = `environment must not set what the invoker or Lambda sets itself; got ${taken.join(', ')}`;
    throw validationError(scope, 'InvokerEnvironment', problem);
  }
  for (const field of ['vpcSubnets', 'securityGroups'] as const) {
    if (props[field] !== undefined && props.vpc === undefined) {
      throw validationError(scope, 'InvokerVpc', `${field} needs vpc, the VPC that they belong to`);
    }
  }
}

function requireNumber(scope: Construct, field: string, value: number | undefined, min: number, max?: number): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!Number.isInteger(value) || value < min || value > (max ?? value)) {
    const range = max === undefined ? `at least ${min}` : `${min} to ${max}`;
    throw validationError(scope, 'NumberRange', `${field} must be a whole number, ${range}; got ${value}`);
  }
}
