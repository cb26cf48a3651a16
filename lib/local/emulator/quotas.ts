import { ServiceError } from './errors';
import type { OperationName } from './routes';

/** What an account may do. */
export interface Quotas {
  /** Requests a second, for each operation of the data plane. */
  readonly requestsPerSecond?: number;
  /** Requests a second, for each of CreateCodeInterpreter and DeleteCodeInterpreter. */
  readonly changesPerSecond?: number;
  /** Concurrent sessions. */
  readonly sessions?: number;
}

/** The service's quotas (AWS developer guide; adjustable there). */
export const SERVICE_QUOTAS: Required<Quotas> = { requestsPerSecond: 30, changesPerSecond: 5, sessions: 1_000 };

const CHANGES: readonly OperationName[] = ['CreateCodeInterpreter', 'DeleteCodeInterpreter'];

/** Counts requests: a bucket for each operation that holds one second's worth and fills steadily. */
export class RateLimits {
  readonly #quotas: Quotas;
  readonly #now: () => number;
  readonly #buckets = new Map<OperationName, { tokens: number; at: number }>();

  /** @param now milliseconds */
  constructor(quotas: Quotas, now: () => number = () => performance.now()) {
    this.#quotas = quotas;
    this.#now = now;
  }

  /** Throws ThrottlingException when the operation's quota is used up. */
  take(operation: OperationName): void {
    const rate = CHANGES.includes(operation) ? this.#quotas.changesPerSecond : this.#quotas.requestsPerSecond;
    if (rate === undefined) {
      return;
    }
    const now = this.#now();
    const bucket = this.#buckets.get(operation) ?? { tokens: rate, at: now };
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1_000) * rate);
    bucket.at = now;
    this.#buckets.set(operation, bucket);
    if (bucket.tokens < 1) {
      throw new ServiceError('ThrottlingException', `Rate exceeded: ${operation} allows ${rate} requests a second`);
    }
    bucket.tokens -= 1;
  }
}
