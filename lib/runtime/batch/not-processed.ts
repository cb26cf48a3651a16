import type { StateFailure } from '../../contract/batch';
import type { ItemError } from '../../contract/batch-item';
import { ItemErrorName } from '../../contract/errors';
import { runsPrefix } from '../../contract/layout';
import { failureReason } from '../failure-reason';
import type { ObjectStore } from '../staging/object-store';

/**
 * The error of what no session came to, or none could run.
 *
 * @param failure what failed instead; nothing if it is not known
 * @param batch the name of the batch, and the bucket in which its Lambdas leave the details of failures
 */
export async function notProcessed(
  what: string,
  failure: StateFailure | undefined,
  { batch, store }: { readonly batch: string; readonly store: ObjectStore },
): Promise<ItemError> {
  const reason = failure?.Error
    ? `no session could run ${what}: ${failure.Error}: ${(await failureReason(failure.Cause, store, runsPrefix(batch))) ?? 'no cause'}`
    : `no session came to ${what}: its sessions could not be started, or were lost`;
  return { name: ItemErrorName.notProcessed, message: `${reason}; resume the run` };
}
