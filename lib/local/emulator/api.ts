import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseBody } from './body';
import { createInterpreter, deleteInterpreter, getInterpreter, listInterpreters } from './control-plane';
import { ServiceError } from './errors';
import type { EmulatorEventBody } from './events';
import type { Fault, Faults } from './faults';
import { answerResult, cutResult, recordOf } from './invocation';
import { delay, type Latencies } from './latencies';
import {
  checkSessionId,
  checkTraceHeaders,
  getSession,
  listSessions,
  type OperationInput,
  type State,
  startSession,
  stopSession,
} from './operations';
import type { RateLimits } from './quotas';
import type { ToolResult } from './result';
import { findRoute, type OperationName, type Route } from './routes';
import { answerError, toServiceError } from './server';
import type { Session } from './session';
import { callTool, checkToolCall, type ToolCall } from './tools';
import type { Runtimes } from './tools/execute';
import { Checker, type Fields } from './validation';

/** What requests meet besides the operations themselves. */
export interface Conditions {
  readonly runtimes: Runtimes;
  /** Whether `readFiles` answers an empty file with no block. */
  readonly omitEmptyFiles: boolean;
  readonly faults: Faults;
  readonly latencies: Latencies;
  readonly rates: RateLimits;
  readonly random: () => number;
}

const SESSION_HEADER = 'x-amzn-code-interpreter-session-id';

/** The operations that answer with JSON, and their HTTP status. */
const JSON_OPERATIONS: Record<
  Exclude<OperationName, 'InvokeCodeInterpreter'>,
  [(state: State, input: OperationInput) => Fields, number]
> = {
  StartCodeInterpreterSession: [startSession, 200],
  GetCodeInterpreterSession: [getSession, 200],
  ListCodeInterpreterSessions: [listSessions, 200],
  StopCodeInterpreterSession: [stopSession, 200],
  CreateCodeInterpreter: [createInterpreter, 202],
  GetCodeInterpreter: [getInterpreter, 200],
  ListCodeInterpreters: [listInterpreters, 200],
  DeleteCodeInterpreter: [deleteInterpreter, 202],
};

/** The operations over HTTP. */
export class Api {
  readonly #state: State;
  readonly #conditions: Conditions;
  readonly #emit: (body: EmulatorEventBody) => void;

  constructor(state: State, conditions: Conditions, emit: (body: EmulatorEventBody) => void) {
    this.#state = state;
    this.#conditions = conditions;
    this.#emit = emit;
  }

  /** Answers one request, whatever it is. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): Promise<void> {
    const started = performance.now();
    const route = findRoute(request.method ?? '', url.pathname);
    const met: { error?: ServiceError; fault?: Fault } = {};
    try {
      if (route === undefined) {
        throw new ServiceError('UnknownOperationException', `No operation is ${request.method} ${url.pathname}`);
      }
      await this.#perform(route, { url, request, response, body }, (fault) => {
        met.fault = fault;
      });
    } catch (thrown) {
      met.error = toServiceError(thrown);
      answerError(response, met.error);
    }
    const sessionId =
      response.getHeader(SESSION_HEADER) ?? url.searchParams.get('sessionId') ?? request.headers[SESSION_HEADER];
    this.#emit({
      type: 'request',
      operation: route?.operation ?? 'Unknown',
      status: met.error?.status ?? response.statusCode,
      ...(met.error === undefined ? {} : { error: met.error.name }),
      milliseconds: Math.round((performance.now() - started) * 100) / 100,
      ...(typeof sessionId === 'string' ? { sessionId } : {}),
      ...(met.fault === undefined ? {} : { fault: met.fault.kind }),
    });
  }

  async #perform(
    { operation, identifier }: Route,
    { url, request, response, body }: { url: URL; request: IncomingMessage; response: ServerResponse; body: Buffer },
    onFault: (fault: Fault) => void,
  ): Promise<void> {
    const { faults, latencies, rates, random } = this.#conditions;
    rates.take(operation);
    const input = { identifier, query: url.searchParams, headers: request.headers, body: parseBody(body) };
    const tool = typeof input.body.name === 'string' ? input.body.name : undefined;
    const fault = faults.draw(operation, tool);
    if (fault !== undefined) {
      onFault(fault);
      await refuseOrWait(fault);
    }
    await delay(latencies, operation, random);
    if (operation === 'InvokeCodeInterpreter') {
      return this.#invoke(input, response, fault);
    }
    const [perform, status] = JSON_OPERATIONS[operation];
    answerJson(response, status, perform(this.#state, input));
  }

  async #invoke(input: OperationInput, response: ServerResponse, fault: Fault | undefined): Promise<void> {
    const check = new Checker();
    checkTraceHeaders(input, check);
    const sessionId = checkSessionId(input.headers[SESSION_HEADER], check);
    const call = checkToolCall(input.body);
    const { id } = this.#state.interpreters.get(input.identifier);
    const session = this.#state.sessions.getReady(id, sessionId);
    const started = Date.now();
    try {
      const result = await this.#call(session, call, fault);
      this.#emit({ type: 'invocation', invocation: recordOf(call, { sessionId, started, result }) });
      await (fault?.kind === 'cutStream' ? cutResult : answerResult)(response, sessionId, result);
    } catch (error) {
      this.#emit({ type: 'invocation', invocation: recordOf(call, { sessionId, started, error }) });
      throw error;
    }
  }

  async #call(session: Session, call: ToolCall, fault: Fault | undefined): Promise<ToolResult> {
    const result = callTool(session, call, this.#conditions);
    if (fault?.kind === 'killSession') {
      result.catch(() => {});
      await session.end('died', 'an injected fault');
    }
    return result;
  }
}

async function refuseOrWait({ kind, milliseconds }: Fault): Promise<void> {
  if (kind === 'throttle') {
    throw new ServiceError('ThrottlingException', 'Rate exceeded (an injected fault)');
  }
  if (kind === 'serverError') {
    throw new ServiceError('InternalServerException', 'Internal failure (an injected fault)');
  }
  if (kind === 'slow') {
    await sleep(milliseconds);
  }
}

function answerJson(response: ServerResponse, status: number, value: Fields): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
