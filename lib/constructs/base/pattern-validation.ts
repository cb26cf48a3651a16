import type { IConstruct } from 'constructs';
import { INPUT_LIMITS } from '../../contract/batch-input';
import { validationError } from './construct-validation';

/**
 * Throws for the first pattern that cannot work, or if there are too many.
 *
 * @param matchedWith what a pattern is matched with, with an example
 */
export function checkPatterns(
  scope: IConstruct,
  field: string,
  patterns: readonly string[],
  matchedWith: string,
): void {
  const { patterns: most, patternLength } = INPUT_LIMITS;
  if (patterns.length > most) {
    throw validationError(scope, 'BatchPatterns', `${field} may have ${most} patterns; got ${patterns.length}`);
  }
  const wrong = patterns.find((pattern) => pattern === '' || pattern.startsWith('/') || pattern.length > patternLength);
  if (wrong !== undefined) {
    throw validationError(
      scope,
      'BatchPatterns',
      `a pattern in ${field} must be 1 to ${patternLength} characters and not begin with "/", since it is matched with ${matchedWith}; got "${wrong}"`,
    );
  }
}
