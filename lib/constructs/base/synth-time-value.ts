import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { validationError } from './construct-validation';

/**
 * Throws for a number, duration or name that is known at deployment only, where synth has to calculate with it: the
 * result would be a number that means nothing, without an error anywhere.
 *
 * @param reason what synth needs the value for, as "..., because REASON"
 */
export function requireSynthTimeValue(
  scope: IConstruct,
  field: string,
  value: Duration | number | string | undefined,
  reason: string,
): void {
  const isToken = typeof value === 'object' ? value.isUnresolved() : Token.isUnresolved(value);
  if (isToken) {
    throw validationError(
      scope,
      'SynthTimeValue',
      `${field} must be known at synth, because ${reason}; got a value that is known at deployment only, such as a CfnParameter: ` +
        'use a literal or a context value',
    );
  }
}
