import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { requireDuration } from '../base/duration-range';
import { requireTrust } from '../base/role-trust';
import { requireWholeNumber } from '../base/whole-number';
import { LAMBDA_PRINCIPAL } from '../lambda/handler-lambda';
import { checkLambdaOptions } from '../lambda/lambda-options-validation';
import type { CodeInterpreterInvokerProps } from './code-interpreter-invoker-props';

/** Throws for the first value that cannot work. */
export function checkInvoker(scope: Construct, props: CodeInterpreterInvokerProps): void {
  requireDuration(scope, 'timeout', props.timeout, { min: Duration.minutes(1), max: Duration.minutes(15) });
  requireDuration(scope, 'sessionTimeout', props.sessionTimeout, {
    min: Duration.seconds(SESSION_TIMEOUT_SECONDS.min),
    max: Duration.seconds(SESSION_TIMEOUT_SECONDS.max),
  });
  requireWholeNumber(scope, 'memorySize', props.memorySize, { min: 256, max: 10_240 });
  requireWholeNumber(scope, 'reservedConcurrentExecutions', props.reservedConcurrentExecutions, { min: 1 });
  checkLambdaOptions(scope, props);
  if (props.role) {
    requireTrust(scope, 'role', props.role, LAMBDA_PRINCIPAL);
  }
}
