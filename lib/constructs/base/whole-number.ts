import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { validationError } from './construct-validation';

/** Throws unless a value is a whole number in its range. Tokens are not checked: their value is not known at synth. */
export function requireWholeNumber(
  scope: IConstruct,
  field: string,
  value: number | undefined,
  { min, max }: { min: number; max?: number },
): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!Number.isInteger(value) || value < min || value > (max ?? value)) {
    const range = max === undefined ? `, ${min} or more` : ` from ${min} to ${max}`;
    throw validationError(scope, 'NumberRange', `${field} must be a whole number${range}; got ${value}`);
  }
}
