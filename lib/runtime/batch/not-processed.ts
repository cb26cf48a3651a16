import type { StateFailure } from '../../contract/batch';
import type { ItemError } from '../../contract/batch-item';
import { ItemErrorName } from '../../contract/errors';
import { runsPrefix } from '../../contract/layout';
import { failureReason } from '../failure-reason';
import type { ObjectStore } from '../staging/object-store';
import type { FailedChild } from './failed-children';

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

/** The error of an item whose child execution failed, even at giving up, which would have told why. */
export function lostWithChild({ executionArn, reason }: FailedChild): ItemError {
  const message = `its child execution failed (${reason}) and could not say what became of this item: see ${executionArn}; resume the run`;
  return { name: ItemErrorName.notProcessed, message };
}
