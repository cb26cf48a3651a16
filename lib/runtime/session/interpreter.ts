import { createHash } from 'node:crypto';
import {
  BedrockAgentCoreClient,
  type CodeInterpreterStreamOutput,
  GetCodeInterpreterSessionCommand,
  InvokeCodeInterpreterCommand,
  StartCodeInterpreterSessionCommand,
  StopCodeInterpreterSessionCommand,
  type ToolArguments,
} from '@aws-sdk/client-bedrock-agentcore';
import { ErrorName } from '../../contract/errors';
import { SYNC_INVOKE_MAX_SECONDS, type ToolName } from '../../contract/service';
import type { Deadline } from '../deadline';
import { messageOf, NamedError } from '../named-error';
import { readySessions } from './ready-sessions';
import { retryWithBackoff } from './retry';
import { isThrottled, isTransient, namedControlError, namedInvokeError, sessionGone } from './service-error';
import { CutStreamError, mergeResults, type ToolResult } from './tool-result';

/** Must outlast the longest synchronous request of the service, or the SDK cuts it. */
const SOCKET_TIMEOUT_MS = (SYNC_INVOKE_MAX_SECONDS + 30) * 1000;

/** One code interpreter, seen from a Lambda: its sessions and its tools. */
export class Interpreter {
  private readonly client: BedrockAgentCoreClient;

  constructor(private readonly identifier: string) {
    this.client = new BedrockAgentCoreClient({
      // Attempts are made here and not by the SDK: an invoke has no client token, so that a retry of the SDK's could
      // run the user's code twice.
      maxAttempts: 1,
      requestHandler: { requestTimeout: SOCKET_TIMEOUT_MS, socketTimeout: SOCKET_TIMEOUT_MS },
    });
  }

  /** Starts a session. The same `token` starts the same session, so that a retry leaves none behind. */
  async start(options: StartOptions, deadline: Deadline): Promise<string> {
    const command = new StartCodeInterpreterSessionCommand({
      codeInterpreterIdentifier: this.identifier,
      name: options.name,
      sessionTimeoutSeconds: options.timeoutSeconds,
      clientToken: createHash('sha256').update(options.token).digest('hex'),
    });
    try {
      const { sessionId } = await retryWithBackoff(() => this.client.send(command), isTransient, deadline);
      return sessionId as string;
    } catch (error) {
      throw namedControlError(error, `starting a session of ${this.identifier}`);
    }
  }

  /** The name of a session. Fails with {@link ErrorName.sessionLost} unless it is ready. */
  async requireReady(sessionId: string, deadline: Deadline): Promise<string> {
    const command = new GetCodeInterpreterSessionCommand({ codeInterpreterIdentifier: this.identifier, sessionId });
    try {
      const { status, name = '' } = await retryWithBackoff(
        () => this.client.send(command, { abortSignal: deadline.signal }),
        isTransient,
        deadline,
      );
      if (status !== 'READY') {
        throw new NamedError(ErrorName.sessionLost, `session ${sessionId} is ${status}, expected READY`);
      }
      return name;
    } catch (error) {
      const what = `looking up session ${sessionId}`;
      // Nothing has been executed yet, whatever broke.
      throw error instanceof NamedError || sessionGone(error)
        ? namedInvokeError(error, what)
        : namedControlError(error, what);
    }
  }

  /** Stops a session; false if it was over already. Gives up at the deadline, also on an answer that does not come. */
  async stop(sessionId: string, deadline: Deadline): Promise<boolean> {
    const command = new StopCodeInterpreterSessionCommand({ codeInterpreterIdentifier: this.identifier, sessionId });
    try {
      await retryWithBackoff(() => this.client.send(command, { abortSignal: deadline.signal }), isTransient, deadline);
      return true;
    } catch (error) {
      if (sessionGone(error)) {
        return false;
      }
      throw namedControlError(error, `stopping session ${sessionId}`);
    }
  }

  /** The ids of the ready sessions of this name. */
  async readySessions(name: string, deadline: Deadline): Promise<string[]> {
    const found: string[] = [];
    const sessions = readySessions(this.identifier, (command) =>
      retryWithBackoff(() => this.client.send(command), isTransient, deadline),
    );
    try {
      for await (const session of sessions) {
        if (session.name === name) {
          found.push(session.sessionId as string);
        }
      }
    } catch (error) {
      throw namedControlError(error, `listing the sessions of ${this.identifier}`);
    }
    return found;
  }

  /**
   * Calls a tool that may run twice with the same outcome, such as writing or reading files: what is transient is
   * tried again.
   */
  async invokeIdempotent(call: ToolCall, deadline: Deadline): Promise<ToolResult> {
    return this.invokeWhile(isTransient, call, deadline);
  }

  /** Calls a tool once; only what the service refused unexecuted is tried again. */
  async invokeOnce(call: ToolCall, deadline: Deadline): Promise<ToolResult> {
    return this.invokeWhile(isThrottled, call, deadline);
  }

  private async invokeWhile(
    worthRetry: (error: unknown) => boolean,
    call: ToolCall,
    deadline: Deadline,
  ): Promise<ToolResult> {
    try {
      const worthwhile = (error: unknown) => worthRetry(error) && !call.signal?.aborted;
      return await retryWithBackoff(() => this.invoke(call), worthwhile, deadline, call.signal);
    } catch (error) {
      throw namedInvokeError(error, `${call.tool} in session ${call.sessionId}`);
    }
  }

  private async invoke(call: ToolCall): Promise<ToolResult> {
    const { stream } = await this.client.send(
      new InvokeCodeInterpreterCommand({
        codeInterpreterIdentifier: this.identifier,
        sessionId: call.sessionId,
        name: call.tool,
        arguments: call.arguments,
      }),
      { abortSignal: call.signal },
    );
    const results = [];
    try {
      // An exception member of the stream is thrown by the SDK while iterating.
      for await (const event of stream ?? ([] as CodeInterpreterStreamOutput[])) {
        if (event.result) {
          results.push(event.result);
        }
      }
    } catch (error) {
      // Whatever it is called: once the answer has begun, the tool may have run.
      throw isThrottled(error) ? new CutStreamError(`the answer ended early: ${messageOf(error)}`) : error;
    }
    return mergeResults(results);
  }
}

export interface StartOptions {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Any text that is the same for each attempt at the same start. */
  readonly token: string;
}

export interface ToolCall {
  readonly sessionId: string;
  readonly tool: ToolName;
  readonly arguments: ToolArguments;
  /** Gives up waiting for the answer; what runs in the session goes on. */
  readonly signal?: AbortSignal;
}
