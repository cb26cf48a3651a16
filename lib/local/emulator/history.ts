import type { InvocationRecord, RequestRecord } from './events';

/** Records that are kept of each kind; the oldest go first. */
const KEPT = 10_000;

/** What has happened, for tests to assert on. */
export class History {
  readonly #requests: RequestRecord[] = [];
  readonly #invocations: InvocationRecord[] = [];

  /** The tool calls, oldest first; of one session when it is named. */
  invocations(sessionId?: string): readonly InvocationRecord[] {
    return sessionId === undefined
      ? [...this.#invocations]
      : this.#invocations.filter((one) => one.sessionId === sessionId);
  }

  /** The HTTP requests, oldest first. */
  requests(): readonly RequestRecord[] {
    return [...this.#requests];
  }

  addRequest(record: RequestRecord): void {
    keep(this.#requests, record);
  }

  addInvocation(record: InvocationRecord): void {
    keep(this.#invocations, record);
  }
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) {
    list.shift();
  }
}
