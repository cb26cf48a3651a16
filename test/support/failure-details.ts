import type { S3Client } from '@aws-sdk/client-s3';
import { type FailureDetails, failureAddress } from '../../lib/contract/failure-details';
import { ObjectStore } from '../../lib/runtime/staging/object-store';

/** What a Lambda left in the bucket of the failure that this error reports. Fails if the error does not say where. */
export async function failureDetails(error: unknown, client?: S3Client): Promise<FailureDetails> {
  const { message } = error as Error;
  const { bucket = '', key = '' } = failureAddress(message) ?? {};
  const details = await new ObjectStore(bucket, client).findJson<FailureDetails>(key);
  if (!details) {
    throw new Error(`there are no details of the failure: ${message}`);
  }
  return details;
}
