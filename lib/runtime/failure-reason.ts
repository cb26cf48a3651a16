import type { StateFailure } from '../contract/batch';
import { type FailureDetails, failureAddress, failuresPrefix } from '../contract/failure-details';
import type { ObjectStore } from './staging/object-store';

/**
 * Why a state failed, in words: of a Lambda of this batch, what it wrote to the staging bucket; else the cause itself.
 *
 * @param ownPrefix the batch's prefix in the bucket; details elsewhere are not read
 */
export async function failureReason(
  cause: StateFailure['Cause'] | null | undefined,
  store: ObjectStore,
  ownPrefix: string,
): Promise<string | undefined> {
  const text = errorMessageIn(cause);
  const address = failureAddress(text ?? '');
  if (address?.bucket !== store.bucket || !address.key.startsWith(failuresPrefix(ownPrefix))) {
    return text;
  }
  // Whoever asks has a failure to report already: that its details are missing must not become another one.
  const details = await store.findJson<FailureDetails>(address.key).catch(() => undefined);
  return details?.message ?? text;
}

/** Of an error of a Lambda, the cause is JSON with the message in it. */
function errorMessageIn(cause: string | null | undefined): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause ?? '') as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : (cause ?? undefined);
  } catch {
    return cause || undefined;
  }
}
