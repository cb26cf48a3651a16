import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from './body';
import { ServiceError } from './errors';
import type { EmulatorHappening } from './events';
import { answerResult, recordOf } from './invocation';
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
import { findRoute, type Route } from './routes';
import { answerError, toServiceError } from './server';
import { callTool, checkToolCall } from './tools';
import type { Runtimes } from './tools/execute';
import { Checker, type Fields } from './validation';

const SESSION_HEADER = 'x-amzn-code-interpreter-session-id';

/** The operations over HTTP. */
export class Api {
  readonly #state: State;
  readonly #runtimes: Runtimes;
  readonly #emit: (happening: EmulatorHappening) => void;

  constructor(state: State, runtimes: Runtimes, emit: (happening: EmulatorHappening) => void) {
    this.#state = state;
    this.#runtimes = runtimes;
    this.#emit = emit;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const url = new URL(request.url ?? '/', 'http://emulator');
    const route = findRoute(request.method ?? '', url.pathname);
    let error: ServiceError | undefined;
    try {
      if (route === undefined) {
        throw new ServiceError('UnknownOperationException', `No operation is ${request.method} ${url.pathname}`);
      }
      await this.#perform(route, url, request, response);
    } catch (thrown) {
      error = toServiceError(thrown);
      answerError(request, response, error);
    }
    const sessionId =
      response.getHeader(SESSION_HEADER) ?? url.searchParams.get('sessionId') ?? request.headers[SESSION_HEADER];
    this.#emit({
      type: 'request',
      operation: route?.operation ?? 'Unknown',
      status: error?.status ?? response.statusCode,
      ...(error === undefined ? {} : { error: error.name }),
      milliseconds: Math.round((performance.now() - started) * 100) / 100,
      ...(typeof sessionId === 'string' ? { sessionId } : {}),
    });
  }

  async #perform(route: Route, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const input: OperationInput = {
      identifier: route.identifier,
      query: url.searchParams,
      headers: request.headers,
      body: await readBody(request),
    };
    switch (route.operation) {
      case 'StartCodeInterpreterSession':
        return answerJson(response, 200, startSession(this.#state, input));
      case 'GetCodeInterpreterSession':
        return answerJson(response, 200, getSession(this.#state, input));
      case 'ListCodeInterpreterSessions':
        return answerJson(response, 200, listSessions(this.#state, input));
      case 'StopCodeInterpreterSession':
        return answerJson(response, 200, stopSession(this.#state, input));
      case 'InvokeCodeInterpreter':
        return this.#invoke(input, response);
      default:
        throw new ServiceError('UnknownOperationException', `${route.operation} is not here yet`);
    }
  }

  async #invoke(input: OperationInput, response: ServerResponse): Promise<void> {
    const check = new Checker();
    checkTraceHeaders(input, check);
    const sessionId = checkSessionId(input.headers[SESSION_HEADER], check);
    const call = checkToolCall(input.body);
    const { id } = this.#state.interpreters.get(input.identifier);
    const session = this.#state.sessions.getReady(id, sessionId);
    const started = Date.now();
    try {
      const result = await callTool(session, call, this.#runtimes);
      this.#emit({ type: 'invocation', invocation: recordOf(call, { sessionId, started, result }) });
      answerResult(response, sessionId, result);
    } catch (error) {
      this.#emit({ type: 'invocation', invocation: recordOf(call, { sessionId, started, error }) });
      throw error;
    }
  }
}

function answerJson(response: ServerResponse, status: number, value: Fields): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
