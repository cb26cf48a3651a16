import { ErrorName } from '../../contract/errors';
import { INVOKER_SESSION_NAME, type InvokerRequest } from '../../contract/invoker';
import { Deadline } from '../deadline';
import { NamedError, nameOf } from '../named-error';
import type { Interpreter } from '../session/interpreter';
import type { SessionAccess } from './transfer';

/** What is left of the time at the end for stopping the session, in seconds. */
export const STOP_SECONDS = 20;
/** How long one stop may take, in seconds. */
const STOPPING_SECONDS = 15;
/** By how much a session that nobody stopped outlives the Lambda's limit, in seconds. */
const SPARE_SECONDS = 10;

/** What a call is at, when its time is up: what the error says, and whether a given session must end with it. */
const STAGES = {
  preparing: { late: 'came before anything was executed', endsSession: false },
  /** What runs in a session that nobody waits for would keep others from it. */
  executing: { late: 'came before what was executed had ended; its session has been stopped', endsSession: true },
  starting: { late: 'came while the task was being started; whether it runs is not known', endsSession: false },
  asking: { late: 'came before the task had answered', endsSession: false },
  collecting: { late: 'came before the files were back; what was executed had ended', endsSession: false },
} as const;

export interface LeaseOptions {
  readonly interpreter: Interpreter;
  readonly deadline: Deadline;
  /** Makes the start idempotent, and the session findable. */
  readonly requestId: string;
  /** Of a session that is kept, in seconds. */
  readonly sessionTimeoutSeconds: number;
}

/**
 * One call's use of a session. Whatever happens, a session that is not to be kept ends: it is stopped when the work is
 * done, has failed or is late; and should even that not come to pass, its time to live ends with the Lambda's.
 */
export class SessionLease {
  private readonly over = new AbortController();
  private ended = false;
  private stage: keyof typeof STAGES = 'preparing';

  private constructor(
    private readonly options: LeaseOptions,
    readonly sessionId: string,
    /** Whether no answer has told the session's id to anybody before. */
    private readonly isNew: boolean,
    private readonly endSession: boolean,
  ) {}

  /** Takes up a session that runs, or starts one. */
  static async open(request: InvokerRequest, options: LeaseOptions): Promise<SessionLease> {
    const { sessionId } = request;
    const endSession = request.endSession ?? (sessionId === undefined && !request.background);
    if (sessionId !== undefined) {
      await options.interpreter.requireReady(sessionId, options.deadline);
      return new SessionLease(options, sessionId, false, endSession);
    }
    return new SessionLease(options, await start(request, options, !endSession), true, endSession);
  }

  get access(): SessionAccess {
    const { interpreter, deadline } = this.options;
    return { interpreter, deadline, sessionId: this.sessionId, signal: this.over.signal };
  }

  /** Says what comes next. */
  enter(stage: keyof typeof STAGES): void {
    this.stage = stage;
  }

  /** That the time is up. */
  late(): NamedError {
    return new NamedError(ErrorName.timedOut, `the time limit of the Lambda ${STAGES[this.stage].late}`);
  }

  /** Does something in the session before the deadline. Where it fails, a session that nobody else knows of ends. */
  async use<T>(work: (access: SessionAccess) => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.over.abort(), this.options.deadline.secondsLeft * 1000);
    try {
      return await raceWithAbort(work(this.access), this.over.signal, () => this.late());
    } catch (error) {
      this.over.abort();
      const blocked = nameOf(error) === ErrorName.timedOut && STAGES[this.stage].endsSession;
      if (this.endSession || this.isNew || blocked) {
        await this.stop();
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the session if it is to end. */
  async finish(): Promise<boolean> {
    return this.endSession ? this.stop() : this.ended;
  }

  /** Ends the session; false if that could not be done, which must not cost an answer: its time to live ends it then. */
  async stop(): Promise<boolean> {
    this.ended ||= await stopped(this.options.interpreter, this.sessionId);
    return this.ended;
  }
}

async function start(request: InvokerRequest, options: LeaseOptions, kept: boolean): Promise<string> {
  const { interpreter, deadline, requestId } = options;
  const wanted = request.sessionTimeoutSeconds ?? options.sessionTimeoutSeconds;
  const lambdaEnds = Math.ceil(deadline.secondsLeft) + STOP_SECONDS + SPARE_SECONDS;
  const starting = interpreter.start(
    {
      name: `${INVOKER_SESSION_NAME[kept ? 'kept' : 'passing']}${requestId}`,
      timeoutSeconds: kept ? wanted : Math.min(wanted, lambdaEnds),
      token: requestId,
    },
    deadline,
  );
  const late = 'the session did not start before the time limit of the Lambda; nothing was executed';
  const timeUp = new AbortController();
  const timer = setTimeout(() => timeUp.abort(), deadline.secondsLeft * 1000);
  try {
    return await raceWithAbort(starting, timeUp.signal, () => new NamedError(ErrorName.serviceUnavailable, late));
  } catch (error) {
    if (timeUp.signal.aborted) {
      await stopLateStart(interpreter, starting);
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A start that is answered after all has made a session that nobody waits for. */
async function stopLateStart(interpreter: Interpreter, starting: Promise<string>): Promise<void> {
  const given = Deadline.inSeconds(STOPPING_SECONDS).signal;
  const stopping = starting.then((sessionId) => stopped(interpreter, sessionId)).catch(() => false);
  await raceWithAbort(stopping, given, () => new Error('not answered')).catch(() => false);
}

async function stopped(interpreter: Interpreter, sessionId: string): Promise<boolean> {
  try {
    await interpreter.stop(sessionId, Deadline.inSeconds(STOPPING_SECONDS));
    return true;
  } catch {
    return false;
  }
}

/** Waits for some work no longer than until the signal aborts; then it fails with `late()`. */
export async function raceWithAbort<T>(work: Promise<T>, signal: AbortSignal, late: () => Error): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(late());
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
