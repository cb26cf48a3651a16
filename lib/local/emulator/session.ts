import type { NetworkMode } from '../../contract/service';
import { type Execution, type Sandbox, SandboxExitedError } from '../sandbox/sandbox';
import { ServiceError } from './errors';
import type { SessionEnd } from './events';
import { CommandTasks } from './tasks';

/** A session as tests and pages see it. */
export interface SessionView {
  readonly sessionId: string;
  readonly interpreterId: string;
  readonly name?: string;
  readonly status: 'READY' | 'TERMINATED';
  readonly createdAt: Date;
  readonly lastUpdatedAt: Date;
  readonly sessionTimeoutSeconds: number;
  /** Why it is TERMINATED. */
  readonly endedBy?: SessionEnd;
}

export interface SessionStart {
  readonly sessionId: string;
  readonly interpreterId: string;
  readonly networkMode: NetworkMode;
  readonly name?: string;
  readonly sessionTimeoutSeconds: number;
  readonly certificates?: unknown;
  readonly filesystemConfigurations?: unknown;
  /** How much faster than the clock sessions age. */
  readonly timeScale: number;
}

/** One session: its sandbox, its tasks, and its end. */
export class Session implements SessionView {
  readonly createdAt = new Date();
  lastUpdatedAt = this.createdAt;
  endedBy: SessionEnd | undefined;
  readonly tasks: CommandTasks;
  readonly #start: SessionStart;
  readonly #sandbox: Sandbox;
  readonly #timer: NodeJS.Timeout;
  readonly #over = new AbortController();
  readonly #onEnd: (session: Session, cause: SessionEnd, detail?: string) => void;

  constructor(
    start: SessionStart,
    sandbox: Sandbox,
    onEnd: (session: Session, cause: SessionEnd, detail?: string) => void,
  ) {
    this.#start = start;
    this.#sandbox = sandbox;
    this.#onEnd = onEnd;
    this.tasks = new CommandTasks((command, signal) => sandbox.executeCommand(command, signal));
    // An absolute time to live, whatever the session does.
    this.#timer = setTimeout(() => this.end('timedOut'), (start.sessionTimeoutSeconds * 1_000) / start.timeScale);
    this.#timer.unref();
    sandbox.exited.then(() => this.end('died', 'its processes ended'));
    sandbox.ready().catch((error: Error) => this.end('died', error.message));
  }

  get sessionId(): string {
    return this.#start.sessionId;
  }

  get interpreterId(): string {
    return this.#start.interpreterId;
  }

  get name(): string | undefined {
    return this.#start.name;
  }

  get sessionTimeoutSeconds(): number {
    return this.#start.sessionTimeoutSeconds;
  }

  get start(): SessionStart {
    return this.#start;
  }

  get status(): 'READY' | 'TERMINATED' {
    return this.endedBy === undefined ? 'READY' : 'TERMINATED';
  }

  /** Why the sandbox ended by itself. */
  detail: string | undefined;

  /**
   * Does something in the session. The session's end, for whatever reason, ends it with the service's error; work in the
   * sandbox is canceled when the signal says so.
   */
  async use<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    let leave = () => {};
    const over = new Promise<never>((_, reject) => {
      leave = () => reject(this.#endedError());
      this.#over.signal.addEventListener('abort', leave, { once: true });
      if (this.#over.signal.aborted) {
        leave();
      }
    });
    try {
      return await Promise.race([this.#ready(work), over]);
    } catch (error) {
      throw error instanceof SandboxExitedError ? this.#lost(error) : error;
    } finally {
      // A session may serve very many calls.
      this.#over.signal.removeEventListener('abort', leave);
    }
  }

  /** Ends the session; resolves when no process of it is left. */
  async end(cause: SessionEnd, detail?: string): Promise<void> {
    if (this.endedBy === undefined) {
      this.endedBy = cause;
      this.detail = detail;
      this.lastUpdatedAt = new Date();
      clearTimeout(this.#timer);
      this.#over.abort();
      this.tasks.cancelAll();
      this.#onEnd(this, cause, detail);
    }
    await this.#sandbox.kill();
  }

  async #ready<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    await this.#sandbox.ready();
    return work(this.#sandbox);
  }

  #lost(error: SandboxExitedError): ServiceError {
    this.end('died', error.message);
    return this.#endedError();
  }

  #endedError(): ServiceError {
    const start = `The session ${this.sessionId} ended before the request could complete`;
    return new ServiceError(
      'ConflictException',
      this.endedBy === 'timedOut' ? `${start}, as it exceeded the configured session timeout.` : `${start}.`,
    );
  }
}

export type { Execution };
