import type { FailRequest, TryAgain } from '../../contract/batch';
import type { ErrorName } from '../../contract/errors';
import { NamedError } from '../named-error';

/**
 * The Run failed state: fails with what Report has found. A redrive of the execution begins with the state that has
 * failed, so with this one: then it lets the workflow go on, to what has not succeeded.
 */
export function failRun({ report, redriveCount }: FailRequest): TryAgain {
  if (redriveCount > report.redriveCount) {
    return { tryAgain: true };
  }
  throw new NamedError(report.error as ErrorName, report.message);
}
