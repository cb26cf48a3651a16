import { randomUUID } from 'node:crypto';
import { CODE_TOOL_NAMES } from '../../contract/code-tools';
import { ErrorName } from '../../contract/errors';
import type { InvokerRequest } from '../../contract/invoker';
import type { Deadline } from '../deadline';
import { raceWithAbort } from '../invoker/session-lease';
import { messageOf, NamedError, nameOf } from '../named-error';
import { type CodeTool, findTool, type ToolRequest } from './code-tools';
import { AnswerBuilder, type AnswerPlaces, rejection, type ToolAnswer } from './tool-answer';
import type { BackendCall, OnOutput, ToolBackend } from './tool-backend';
import { argumentSchema, type SessionNaming } from './tool-schema';
import type { TakenSession, ToolSessions } from './tool-sessions';

export interface ToolExecutorOptions {
  readonly backend: ToolBackend;
  readonly sessions: ToolSessions;
  readonly naming: SessionNaming;
  /** The names of the tools that may be called. Default: all. */
  readonly allowed?: readonly string[];
  /** How answers refer to what they do not carry; made for each call. */
  places(call: BackendCall): AnswerPlaces;
}

export interface ToolCallOptions {
  readonly deadline: Deadline;
  /** Default: a random one. */
  readonly requestId?: string;
  /** Ends the code, with its session. */
  readonly signal?: AbortSignal;
  readonly onOutput?: OnOutput;
}

/** What is kept of the time for the answer when a call's limit is cut to what its host has, in seconds. */
const ANSWER_SECONDS = 15;
const TIMED_OUT_NOTE = 'The session has ended with it: variables and files are gone, and the next call starts anew.';
/** A message about arguments names so many of them at most. */
const MAX_REASONS = 10;

/**
 * Calls the tools of the table. Every call is answered, also one that cannot be carried out: in words that a model can act
 * on. A session that a failed call has started ends with it.
 */
export class ToolExecutor {
  constructor(private readonly options: ToolExecutorOptions) {}

  /** @param given as they come from the model */
  async call(name: string, given: unknown, options: ToolCallOptions): Promise<ToolAnswer> {
    const tool = this.isAllowed(name) ? findTool(name) : undefined;
    if (tool === undefined) {
      return rejection(
        ErrorName.invalidRequest,
        `There is no tool "${name.slice(0, 100)}". The tools are: ${this.allowedNames().join(', ')}.`,
      );
    }
    const checked = this.check(tool, given);
    if ('problem' in checked) {
      return rejection(ErrorName.invalidRequest, `The arguments of ${name} are not valid: ${checked.problem}.`);
    }
    const { requestId = randomUUID(), deadline, onOutput } = options;
    const call = { requestId, deadline, onOutput };
    try {
      return await this.perform(tool, checked.args, call, options.signal);
    } catch (error) {
      return rejection(nameOf(error), failureText(error));
    }
  }

  private async perform(
    tool: CodeTool,
    args: Arguments,
    call: BackendCall,
    signal: AbortSignal | undefined,
  ): Promise<ToolAnswer> {
    const { sessions } = this.options;
    const { sessionId: handle, ...rest } = args;
    const request = tool.request(rest as never);
    if (request === undefined) {
      return this.stop(handle, call);
    }
    if (request.task !== undefined) {
      const sessionId = await sessions.current(handle, call);
      return sessionId === undefined
        ? rejection(ErrorName.invalidRequest, 'There is no session, so there are no tasks in it.')
        : this.run(request, { sessionId, isNew: false }, call, signal);
    }
    return this.run(request, await sessions.take(handle, call), call, signal);
  }

  private async run(
    request: ToolRequest,
    session: TakenSession,
    call: BackendCall,
    signal: AbortSignal | undefined,
  ): Promise<ToolAnswer> {
    const { backend, sessions, places } = this.options;
    const { sessionId } = session;
    const limited = withinDeadline(request, call.deadline);
    const full: InvokerRequest = { ...limited.request, sessionId, endSession: false };
    const running = backend.run(full, call);
    try {
      const response = signal ? await raceWithAbort(running, signal, canceled) : await running;
      if (response.sessionEnded) {
        await sessions.end(sessionId);
      }
      const late = response.outcome === 'timedOut' ? [limited.note, TIMED_OUT_NOTE] : [];
      const notes = [session.note, ...late].filter((note) => note !== undefined);
      return await new AnswerBuilder(places(call)).build(response, notes);
    } catch (error) {
      const gone = nameOf(error) === ErrorName.sessionLost || nameOf(error) === ErrorName.timedOut;
      const ends = session.isNew || gone || signal?.aborted === true;
      if (ends) {
        running.catch(() => {});
        await sessions.end(sessionId);
      }
      return rejection(nameOf(error), failureText(error), { sessionId, sessionEnded: ends });
    } finally {
      sessions.release?.(sessionId, request.background === true);
    }
  }

  private async stop(handle: string | undefined, call: BackendCall): Promise<ToolAnswer> {
    const { sessions } = this.options;
    const sessionId = await sessions.current(handle, call);
    if (sessionId === undefined) {
      return ending('There is no session to stop.');
    }
    if (!(await sessions.end(sessionId))) {
      const message = 'The session could not be stopped now. It ends by itself at its timeout.';
      return rejection(ErrorName.serviceUnavailable, message, { sessionId, sessionEnded: false });
    }
    return ending('The session is stopped, and its variables and files are gone.', sessionId);
  }

  private check(tool: CodeTool, given: unknown): { args: Arguments } | { problem: string } {
    const parsed = argumentSchema(tool, this.options.naming).safeParse(given ?? {});
    if (parsed.success) {
      return { args: parsed.data };
    }
    const reasons = parsed.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    );
    const more = reasons.length > MAX_REASONS ? `; and ${reasons.length - MAX_REASONS} more` : '';
    return { problem: reasons.slice(0, MAX_REASONS).join('; ') + more };
  }

  private isAllowed(name: string): boolean {
    return this.allowedNames().includes(name);
  }

  private allowedNames(): readonly string[] {
    return this.options.allowed ?? CODE_TOOL_NAMES;
  }
}

/** The caller has gone, or wants no answer any more. */
class CanceledError extends Error {
  override readonly name = 'Canceled';
}

type Arguments = { readonly sessionId?: string } & Record<string, unknown>;

function ending(message: string, sessionId?: string): ToolAnswer {
  const data = {
    outcome: 'succeeded' as const,
    message,
    ...(sessionId !== undefined && { sessionId, sessionEnded: true }),
  };
  return { isError: false, text: message, pictures: [], data };
}

function canceled(): Error {
  return new CanceledError('The call was canceled. What ran has been ended together with its session.');
}

/** A limit that the host cannot wait for would end the call without an answer. */
function withinDeadline(request: ToolRequest, deadline: Deadline): { request: ToolRequest; note?: string } {
  const { timeoutSeconds } = request;
  const most = Math.max(1, Math.floor(deadline.secondsLeft) - ANSWER_SECONDS);
  if (timeoutSeconds === undefined || timeoutSeconds <= most) {
    return { request };
  }
  return {
    request: { ...request, timeoutSeconds: most },
    note: `It had ${most} seconds, not the ${timeoutSeconds} asked for: that is as long as a call may take here.`,
  };
}

/** In words for a model: what happened, and what it can do. */
function failureText(error: unknown): string {
  const message = messageOf(error);
  if (!(error instanceof NamedError)) {
    return message;
  }
  switch (error.name) {
    case ErrorName.sessionLost:
      return `The session has ended, with its variables and files: ${message}. Start anew, without the sessionId.`;
    case ErrorName.serviceUnavailable:
      return `The service is busy; nothing was executed: ${message}. Try again in a while.`;
    case ErrorName.serviceRejected:
      return `The service refused the request: ${message}. Trying again does not help.`;
    default:
      return message;
  }
}
