import type { NetworkMode } from '../../contract/service';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import type { Sandbox } from '../sandbox/sandbox';
import { notFound, ServiceError } from './errors';
import type { EmulatorEventBody, SessionEnd } from './events';
import { ulid } from './identifiers';
import type { Interpreter } from './interpreters';
import { Session } from './session';

export interface StartParameters {
  readonly name?: string;
  readonly sessionTimeoutSeconds?: number;
  readonly certificates?: unknown;
  readonly filesystemConfigurations?: unknown;
  readonly clientToken?: string;
}

export interface RegistryOptions {
  readonly take: (mode: NetworkMode) => { readonly sandbox: Sandbox; readonly fromPool: boolean };
  readonly emit: (body: EmulatorEventBody) => void;
  readonly maxSessions: number;
  readonly timeScale: number;
}

/** Ended sessions that are remembered; the oldest go first. The service keeps them for 30 days. */
const KEPT_ENDED = 10_000;

/** All sessions, running and ended, in the order of their start. */
export class SessionRegistry {
  readonly #sessions = new Map<string, Session>();
  readonly #tokens = new Map<string, { readonly sessionId: string; readonly fingerprint: string }>();
  readonly #options: RegistryOptions;
  readonly #endingSessions = new Set<Promise<void>>();
  #running = 0;
  #closed = false;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** Starts a session; with a client token that was seen before, gives back the one that it started. */
  start(interpreter: Interpreter, { clientToken, ...parameters }: StartParameters): Session {
    const fingerprint = JSON.stringify(parameters);
    const token = clientToken === undefined ? undefined : `${interpreter.id} ${clientToken}`;
    const before = token === undefined ? undefined : this.#byToken(token, fingerprint);
    if (before !== undefined) {
      return before;
    }
    if (this.#closed) {
      throw new ServiceError('InternalServerException', 'The emulator is stopping');
    }
    if (this.#running >= this.#options.maxSessions) {
      throw new ServiceError(
        'ServiceQuotaExceededException',
        `The quota of ${this.#options.maxSessions} concurrent sessions is reached`,
      );
    }
    const session = this.#create(interpreter, parameters);
    if (token !== undefined) {
      this.#tokens.set(token, { sessionId: session.sessionId, fingerprint });
    }
    return session;
  }

  /** Throws ResourceNotFoundException. */
  get(interpreterId: string, sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (session === undefined || session.interpreterId !== interpreterId) {
      throw notFound(`Session ${sessionId} was not found`);
    }
    return session;
  }

  /** A session that tools can be called in. Throws ResourceNotFoundException also for one that has ended. */
  getReady(interpreterId: string, sessionId: string): Session {
    const session = this.get(interpreterId, sessionId);
    if (session.status === 'TERMINATED') {
      throw notFound(`Session ${sessionId} was not found or is no longer active: it is TERMINATED`);
    }
    return session;
  }

  stop(interpreterId: string, sessionId: string): Session {
    const session = this.get(interpreterId, sessionId);
    if (session.status === 'TERMINATED') {
      throw new ServiceError('ConflictException', `Session already terminated: ${sessionId}`);
    }
    this.#end(session, 'stopped');
    return session;
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Ends everything; resolves when no process is left. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const session of this.#sessions.values()) {
      this.#end(session, 'shutdown');
    }
    await Promise.all(this.#endingSessions);
  }

  #byToken(token: string, fingerprint: string): Session | undefined {
    const known = this.#tokens.get(token);
    if (known === undefined) {
      return undefined;
    }
    if (known.fingerprint !== fingerprint) {
      throw new ServiceError('ValidationException', 'The client token was used before, with other parameters', {
        reason: 'IdempotentParameterMismatchException',
      });
    }
    return this.#sessions.get(known.sessionId);
  }

  #create(interpreter: Interpreter, parameters: Omit<StartParameters, 'clientToken'>): Session {
    const { sandbox, fromPool } = this.#options.take(interpreter.networkMode);
    const session = new Session(
      {
        sessionId: ulid(),
        interpreterId: interpreter.id,
        networkMode: interpreter.networkMode,
        ...parameters,
        sessionTimeoutSeconds: parameters.sessionTimeoutSeconds ?? SESSION_TIMEOUT_SECONDS.default,
        timeScale: this.#options.timeScale,
      },
      sandbox,
      (ended, cause, detail) => this.#ended(ended, cause, detail),
    );
    this.#sessions.set(session.sessionId, session);
    this.#running += 1;
    const { sessionId, interpreterId, name } = session;
    this.#options.emit({
      type: 'sessionStarted',
      sessionId,
      interpreterId,
      fromPool,
      ...(name === undefined ? {} : { name }),
    });
    return session;
  }

  #end(session: Session, cause: SessionEnd): void {
    const ending = session.end(cause);
    this.#endingSessions.add(ending);
    ending.finally(() => this.#endingSessions.delete(ending));
  }

  #ended({ sessionId }: Session, cause: SessionEnd, detail: string | undefined): void {
    this.#running -= 1;
    this.#options.emit({ type: 'sessionEnded', sessionId, cause, ...(detail === undefined ? {} : { detail }) });
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    let surplus = this.#sessions.size - this.#running - KEPT_ENDED;
    if (surplus <= 0) {
      return;
    }
    for (const [sessionId, { status }] of this.#sessions) {
      if (status === 'TERMINATED') {
        this.#sessions.delete(sessionId);
        surplus -= 1;
      }
      if (surplus <= 0) {
        break;
      }
    }
    for (const [token, { sessionId }] of this.#tokens) {
      if (!this.#sessions.has(sessionId)) {
        this.#tokens.delete(token);
      }
    }
  }
}
