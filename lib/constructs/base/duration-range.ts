import type { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { validationError } from './construct-validation';

/** A unit of time as `Duration` names it: the one that CloudFormation or a handler takes the value in. */
export type DurationUnit = 'millis' | 'seconds' | 'minutes' | 'days';

/** Throws unless a duration is in whole seconds and in its range. */
export function requireDuration(
  scope: IConstruct,
  field: string,
  value: Duration | undefined,
  limits: { min: Duration; max: Duration },
  unit: DurationUnit = 'seconds',
): void {
  if (value === undefined || isPassedThrough(scope, field, value, unit)) {
    return;
  }
  const seconds = value.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < limits.min.toSeconds() || seconds > limits.max.toSeconds()) {
    const range = `${limits.min.toHumanString()} to ${limits.max.toHumanString()}, in whole seconds`;
    throw validationError(scope, 'DurationRange', `${field} must be ${range}; got ${value.toHumanString()}`);
  }
}

/**
 * Whether a duration is known at deployment only, so that it goes into the template as it is. It cannot be converted: it
 * must be in the unit that the template needs.
 */
export function isPassedThrough(scope: IConstruct, field: string, value: Duration, unit: DurationUnit): boolean {
  if (!value.isUnresolved()) {
    return false;
  }
  if (value.unitLabel() !== unit) {
    throw validationError(
      scope,
      'DurationUnit',
      `${field} must be given as Duration.${unit}(), because its value is known at deployment only and cannot be converted; ` +
        `got Duration.${value.unitLabel()}()`,
    );
  }
  return true;
}
