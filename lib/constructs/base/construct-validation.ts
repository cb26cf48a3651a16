import { Annotations, ValidationError } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** What aws-cdk-lib wants an error's name to be: a literal, so that it can be counted without telling anything. */
type ErrorCode = ConstructorParameters<typeof ValidationError>[0];

/**
 * The error for a value that cannot work. The message names the construct: from Python, Java, .NET or Go, the message is
 * all that is seen of the error.
 *
 * @param problem lowercase; says what was given and what would be right
 */
export function validationError(scope: IConstruct, code: string, problem: string): ValidationError {
  return new ValidationError(code as ErrorCode, `${scope.node.path || scope.node.id}: ${problem}`, scope);
}

/** Warns once; the id is what a user acknowledges the warning by, so it is API. */
export function warn(scope: IConstruct, id: string, message: string): void {
  Annotations.of(scope).addWarningV2(id, message);
}
