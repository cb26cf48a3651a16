import { ErrorName } from '../../contract/errors';
import { NamedError } from '../named-error';
import type { BackendCall, ToolBackend } from './tool-backend';

/** The session that a call uses. */
export interface TakenSession {
  readonly sessionId: string;
  /** Whether this call has started it, so that nobody else knows of it. */
  readonly isNew: boolean;
  /** What the model should know of it. */
  readonly note?: string;
}

/** Decides which session a call uses. */
export interface ToolSessions {
  /** @param handle the session that the call names, if it may name one */
  take(handle: string | undefined, call: BackendCall): Promise<TakenSession>;
  /** The session of a call that needs one that runs; undefined if there is none. */
  current(handle: string | undefined, call: BackendCall): Promise<string | undefined>;
  /** Ends a session; false if that could not be done. */
  end(sessionId: string): Promise<boolean>;
  /**
   * A call has been answered, and uses its session no longer.
   *
   * @param inBackground whether what it started goes on
   */
  release?(sessionId: string, inBackground: boolean): void;
}

/** Calls name their session; only sessions that `isOwn` says are this tool's are taken. */
export class NamedSessions implements ToolSessions {
  constructor(
    private readonly backend: ToolBackend,
    private readonly isOwn: (sessionId: string, call: BackendCall) => Promise<boolean>,
  ) {}

  async take(handle: string | undefined, call: BackendCall): Promise<TakenSession> {
    if (handle === undefined) {
      return { sessionId: await this.backend.startSession(call), isNew: true };
    }
    await this.requireOwn(handle, call);
    return { sessionId: handle, isNew: false };
  }

  async current(handle: string | undefined, call: BackendCall): Promise<string | undefined> {
    if (handle !== undefined) {
      await this.requireOwn(handle, call);
    }
    return handle;
  }

  end(sessionId: string): Promise<boolean> {
    return this.backend.stopSession(sessionId);
  }

  private async requireOwn(sessionId: string, call: BackendCall): Promise<void> {
    if (!(await this.isOwn(sessionId, call))) {
      throw new NamedError(
        ErrorName.invalidRequest,
        `session ${sessionId} is not one that this tool has started; leave out sessionId to start one`,
      );
    }
  }
}

const REPLACED_NOTE = 'The earlier session had ended: this is a new one, without its variables and files.';

/** One session for one conversation: started by the first call that needs it, and again if it has ended. */
export class ConversationSession implements ToolSessions {
  private session: Promise<string> | undefined;
  private hadOne = false;

  constructor(private readonly backend: ToolBackend) {}

  async take(_handle: string | undefined, call: BackendCall): Promise<TakenSession> {
    const running = await this.current(undefined, call);
    if (running !== undefined) {
      return { sessionId: running, isNew: false };
    }
    // Calls that come at the same time share the start, so that no call has the session for itself.
    this.session ??= this.start(call);
    const replaced = this.hadOne;
    const sessionId = await this.session;
    this.hadOne = true;
    return { sessionId, isNew: false, note: replaced ? REPLACED_NOTE : undefined };
  }

  async current(_handle: string | undefined, call: BackendCall): Promise<string | undefined> {
    const known = this.session;
    if (known === undefined) {
      return undefined;
    }
    const sessionId = await known;
    try {
      await this.backend.sessionName(sessionId, call);
      return sessionId;
    } catch (error) {
      if (!(error instanceof NamedError && error.name === ErrorName.sessionLost)) {
        throw error;
      }
      if (this.session === known) {
        this.session = undefined;
      }
      return undefined;
    }
  }

  async end(sessionId: string): Promise<boolean> {
    const known = this.session;
    if (known !== undefined && (await known.catch(() => undefined)) === sessionId) {
      this.session = undefined;
    }
    return this.backend.stopSession(sessionId);
  }

  /** Ends the conversation. */
  async close(): Promise<void> {
    const sessionId = await this.session?.catch(() => undefined);
    if (sessionId !== undefined) {
      await this.end(sessionId);
    }
  }

  private start(call: BackendCall): Promise<string> {
    const starting = this.backend.startSession(call);
    starting.catch(() => {
      if (this.session === starting) {
        this.session = undefined;
      }
    });
    return starting;
  }
}
