import type { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { validationError } from './construct-validation';

/** Throws unless a duration is in whole seconds and in its range. What is not known at synth is not checked. */
export function requireDuration(
  scope: IConstruct,
  field: string,
  value: Duration | undefined,
  limits: { min: Duration; max: Duration },
): void {
  if (value === undefined || value.isUnresolved()) {
    return;
  }
  const seconds = value.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < limits.min.toSeconds() || seconds > limits.max.toSeconds()) {
    const range = `${limits.min.toHumanString()} to ${limits.max.toHumanString()}, in whole seconds`;
    throw validationError(scope, 'DurationRange', `${field} must be ${range}; got ${value.toHumanString()}`);
  }
}
