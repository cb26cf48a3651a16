import { setTimeout as sleep } from 'node:timers/promises';
import { nameOf } from '../named-error';

/** How often a request to S3 is sent at most, by the SDK and by {@link withS3Retries} alike. */
export const S3_MAX_ATTEMPTS = 6;

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** What S3 answers with 4xx when the same request may succeed a moment later. */
const TRANSIENT_NAMES = new Set([
  // Two conditional writes of one key at the same time: S3 asks for the upload to be sent again.
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'SlowDown',
]);

/**
 * Whether a failed request to S3 is worth another attempt: S3 failed or asks for it, or there was no answer at all.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function isTransientS3Error(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status === undefined || status >= 500 || TRANSIENT_NAMES.has(nameOf(error));
}

/**
 * Repeats what the SDK does not repeat itself: requests whose body is a stream, answers that break off in their body,
 * and conflicts of conditional writes. The operation has to make its body anew for each attempt.
 */
export async function withS3Retries<T>(operation: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (attempt >= S3_MAX_ATTEMPTS || !isTransientS3Error(error)) {
        throw error;
      }
      await backOff(attempt);
    }
  }
}

/** Exponential backoff with full jitter. */
export async function backOff(attempt: number): Promise<void> {
  await sleep(Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt));
}
