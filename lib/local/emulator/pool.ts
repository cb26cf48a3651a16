import type { NetworkMode } from '../../contract/service';
import type { Sandbox } from '../sandbox/sandbox';
import type { SandboxFactory } from '../sandbox/sandbox-factory';

/** Sandboxes that are started before a session asks for them. */
export class SandboxPool {
  readonly #factory: SandboxFactory;
  readonly #size: number;
  readonly #idle = new Map<NetworkMode, Sandbox[]>();
  #closed = false;

  constructor(factory: SandboxFactory, size: number) {
    this.#factory = factory;
    this.#size = size;
    this.#fill('SANDBOX');
  }

  /** A sandbox for a session: a waiting one, or a new one that is just starting. */
  take(mode: NetworkMode): { sandbox: Sandbox; fromPool: boolean } {
    const waiting = this.#idle.get(mode)?.shift();
    // After the answer: starting another one costs the processor time that the session wants now.
    setImmediate(() => this.#fill(mode));
    return { sandbox: waiting ?? this.#factory.make(mode), fromPool: waiting !== undefined };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#idle.values()].flat();
    this.#idle.clear();
    await Promise.all(all.map((sandbox) => sandbox.kill()));
  }

  #fill(mode: NetworkMode): void {
    if (this.#closed) {
      return;
    }
    const idle = this.#idle.get(mode) ?? [];
    this.#idle.set(mode, idle);
    while (idle.length < this.#size) {
      const sandbox = this.#factory.make(mode);
      idle.push(sandbox);
      const forget = () => {
        const index = idle.indexOf(sandbox);
        if (index >= 0) {
          idle.splice(index, 1);
        }
      };
      sandbox.exited.then(forget);
    }
  }
}
