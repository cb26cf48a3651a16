import { setTimeout as sleep } from 'node:timers/promises';
import type { Deadline } from '../deadline';

const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 20_000;

/**
 * Repeats an operation that may safely run twice while `isTransient` says so and time remains, with exponential
 * backoff and full jitter. The signal ends the wait for another attempt, with the error of the last one.
 */
export async function retryWithBackoff<T>(
  operation: () => Promise<T>,
  isTransient: (error: unknown) => boolean,
  deadline: Deadline,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      const delayMs = Math.random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
      if (!isTransient(error) || delayMs / 1000 >= deadline.secondsLeft) {
        throw error;
      }
      await sleep(delayMs, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
}
