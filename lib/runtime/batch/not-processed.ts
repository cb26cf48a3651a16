import type { StateFailure } from '../../contract/batch';
import type { ItemError } from '../../contract/batch-item';
import { ItemErrorName } from '../../contract/errors';
import { causeOf } from '../lambda-cause';

/**
 * The error of what no session came to, or none could run.
 *
 * @param failure what failed instead; nothing if it is not known
 */
export function notProcessed(what: string, failure?: StateFailure): ItemError {
  const reason = failure?.Error
    ? `no session could run ${what}: ${failure.Error}: ${causeOf(failure.Cause) ?? 'no cause'}`
    : `no session came to ${what}: its sessions could not be started, or were lost`;
  return { name: ItemErrorName.notProcessed, message: `${reason}; resume the run` };
}
