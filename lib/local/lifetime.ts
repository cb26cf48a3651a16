import { standardError } from './terminal';

/**
 * Owns what a command has started: processes, servers, timers. What is owned is ended in reverse order when the lifetime
 * is closed; what is still starting when the lifetime is aborted is ended as soon as it has started.
 */
export class Lifetime {
  #ends: (() => unknown)[] = [];
  #closing: Promise<void> | undefined;

  /** @param signal asks whoever works within the lifetime to come to an end */
  constructor(readonly signal: AbortSignal = new AbortController().signal) {}

  /** Runs work within a lifetime of its own, and closes it. */
  static async during<T>(signal: AbortSignal | undefined, work: (lifetime: Lifetime) => Promise<T>): Promise<T> {
    const lifetime = new Lifetime(signal);
    try {
      return await work(lifetime);
    } finally {
      await lifetime.close();
    }
  }

  /** Has something ended with this lifetime: now, if it has been closed. */
  own(end: () => unknown): void {
    if (this.#closing) {
      this.#closing = this.#closing.then(() => endOne(end));
      return;
    }
    this.#ends.push(end);
  }

  /** Starts something, and has it ended with this lifetime. Throws the signal's reason if it is aborted by then. */
  async start<T>(start: () => Promise<T> | T, end: (started: T) => unknown): Promise<T> {
    this.signal.throwIfAborted();
    const started = await start();
    this.own(() => end(started));
    this.signal.throwIfAborted();
    return started;
  }

  /** Waits for work that cannot be aborted, but no longer than the signal allows: then it throws the signal's reason. */
  async race<T>(work: Promise<T>): Promise<T> {
    const stop = new AbortController();
    const aborted = new Promise<never>((_, reject) => {
      const fail = () => reject(this.signal.reason);
      this.signal.aborted ? fail() : this.signal.addEventListener('abort', fail, { once: true, signal: stop.signal });
    });
    try {
      return await Promise.race([work, aborted]);
    } finally {
      stop.abort();
    }
  }

  /** Ends all that is owned, also when one of them cannot be ended. */
  async close(): Promise<void> {
    this.#closing ??= this.#endAll();
    await this.#closing;
  }

  async #endAll(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) {
      await endOne(end);
    }
  }
}

/** What cannot be ended in good order must not keep the rest from being ended. */
async function endOne(end: () => unknown): Promise<void> {
  try {
    await end();
  } catch (error) {
    standardError.text(`While stopping: ${error instanceof Error ? error.message : error}`);
  }
}
