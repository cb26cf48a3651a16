import { ErrorName } from '../../contract/errors';
import { NamedError } from '../../runtime/named-error';
import type { BackendCall, ToolBackend } from '../../runtime/tools/tool-backend';
import { NamedSessions, type TakenSession, type ToolSessions } from '../../runtime/tools/tool-sessions';

export interface SessionLimits {
  /** How many sessions may run at a time. */
  readonly maxSessions: number;
  /** How long a session may be idle, in seconds. One with work in the background is not idle. */
  readonly idleSeconds: number;
}

interface Tracked {
  calls: number;
  inBackground: boolean;
  idleTimer?: NodeJS.Timeout;
}

/**
 * The sessions of a server whose clients name theirs: no other session is taken, idle ones end, and all of them end with
 * the server.
 */
export class TrackedSessions implements ToolSessions {
  private readonly tracked = new Map<string, Tracked>();
  private readonly starting = new Set<Promise<TakenSession>>();
  private readonly named: NamedSessions;

  constructor(
    private readonly backend: ToolBackend,
    private readonly limits: SessionLimits,
  ) {
    this.named = new NamedSessions(backend, async (sessionId) => this.tracked.has(sessionId));
  }

  async take(handle: string | undefined, call: BackendCall): Promise<TakenSession> {
    if (handle === undefined) {
      this.requireRoom();
    }
    const taking = this.named.take(handle, call);
    this.starting.add(taking);
    try {
      const taken = await taking;
      this.use(taken.sessionId);
      return taken;
    } finally {
      this.starting.delete(taking);
    }
  }

  async current(handle: string | undefined, call: BackendCall): Promise<string | undefined> {
    const sessionId = await this.named.current(handle, call);
    if (sessionId !== undefined) {
      this.use(sessionId);
    }
    return sessionId;
  }

  async end(sessionId: string): Promise<boolean> {
    clearTimeout(this.tracked.get(sessionId)?.idleTimer);
    this.tracked.delete(sessionId);
    return this.backend.stopSession(sessionId);
  }

  release(sessionId: string, inBackground: boolean): void {
    const session = this.tracked.get(sessionId);
    if (session === undefined) {
      return;
    }
    session.calls--;
    session.inBackground ||= inBackground;
    if (session.calls <= 0 && !session.inBackground) {
      session.idleTimer = setTimeout(() => void this.end(sessionId), this.limits.idleSeconds * 1000);
      session.idleTimer.unref();
    }
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    await Promise.allSettled(this.starting);
    await Promise.all([...this.tracked.keys()].map((sessionId) => this.end(sessionId)));
  }

  private use(sessionId: string): void {
    const session = this.tracked.get(sessionId) ?? { calls: 0, inBackground: false };
    clearTimeout(session.idleTimer);
    session.calls++;
    this.tracked.set(sessionId, session);
  }

  private requireRoom(): void {
    const { maxSessions } = this.limits;
    if (this.tracked.size + this.starting.size >= maxSessions) {
      throw new NamedError(
        ErrorName.serviceUnavailable,
        `${maxSessions} sessions are running, as many as this server allows; pass the sessionId of an earlier answer, or call stop_session`,
      );
    }
  }
}
