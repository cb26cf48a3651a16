import { S3Client } from '@aws-sdk/client-s3';
import { type FailureDetails, failureAddress } from '../../lib/contract/failure-details';
import { NOBODY } from '../../lib/local/runner/local-account';
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

/** The same, from the S3 that a handler was given by this endpoint. */
export async function failureDetailsAt(endpoint: string, error: unknown): Promise<FailureDetails> {
  const client = new S3Client({ endpoint, region: NOBODY.region, credentials: NOBODY, forcePathStyle: true });
  try {
    return await failureDetails(error, client);
  } finally {
    client.destroy();
  }
}
