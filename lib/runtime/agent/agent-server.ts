import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  AGENT_MAX_BODY_BYTES,
  AGENT_SESSION_HEADER,
  type AgentAnswer,
  type AgentEvent,
  type AgentFailure,
} from '../../contract/agent';
import { messageOf, nameOf } from '../named-error';
import { parseAgentRequest } from './agent-request';
import type { Conversations } from './conversations';
import { RequestError } from './request-error';

/** Connections between the client and here may close one on which nothing moves. */
const HEARTBEAT_MS = 15_000;
const SESSION_ID = /^[\x21-\x7e]{1,256}$/;

/** The contract of AgentCore Runtime: `POST /invocations` and `GET /ping`. */
export class AgentServer {
  readonly server: Server;
  private readonly running = new Set<AbortController>();
  /** Answers that are being given, so that none is cut off at the end. */
  private readonly answers = new Set<Promise<void>>();
  private changedAt = Date.now();
  private closing = false;

  constructor(
    private readonly conversations: Conversations,
    private readonly log: (line: object) => void,
  ) {
    this.server = createServer((request, response) => {
      this.route(request, response).catch((error: unknown) => this.refuse(response, error));
    });
    // Prompts bring up to 100 MB, over connections of any speed; the Runtime in front has its own limits.
    this.server.requestTimeout = 0;
  }

  /** Ends what runs, and every session. */
  async close(): Promise<void> {
    this.closing = true;
    this.server.close();
    for (const prompt of this.running) {
      prompt.abort();
    }
    await Promise.allSettled(this.answers);
    await this.conversations.close();
    this.server.closeAllConnections();
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://agent');
    switch (pathname) {
      case '/ping':
        requireMethod(request, response, 'GET');
        sendJson(response, 200, {
          status: this.running.size > 0 ? 'HealthyBusy' : 'Healthy',
          time_of_last_update: Math.floor(this.changedAt / 1000),
        });
        return;
      case '/invocations':
        requireMethod(request, response, 'POST');
        await this.tracked(this.answer(request, response));
        return;
      default:
        throw new RequestError(404, `there is no ${pathname}; this agent has POST /invocations and GET /ping`);
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.closing) {
      throw new RequestError(503, 'the agent is shutting down');
    }
    const id = sessionIdOf(request);
    const asked = parseAgentRequest(await readBody(request));
    const streams = (request.headers.accept ?? '').includes('text/event-stream');
    const cancel = new AbortController();
    response.once('close', () => cancel.abort());
    this.begin(cancel);
    const startedAt = Date.now();
    const stream = streams ? new EventStream(response) : undefined;
    try {
      const answer = await this.conversations.use(id, (conversation) =>
        conversation.ask(asked, cancel.signal, (event) => stream?.send(event)),
      );
      if (stream === undefined) {
        sendJson(response, 200, answer);
      } else {
        stream.end({ type: 'end', ...answer });
      }
      this.log({ message: 'answered', ...factsOf(answer), durationMs: Date.now() - startedAt });
    } catch (error) {
      this.log({ message: 'failed', error: nameOf(error), durationMs: Date.now() - startedAt });
      if (!stream?.isOpen) {
        throw error;
      }
      stream.end({ type: 'error', ...failureOf(error) });
    } finally {
      stream?.close();
      this.end(cancel);
    }
  }

  private async tracked(answer: Promise<void>): Promise<void> {
    this.answers.add(answer);
    try {
      await answer;
    } finally {
      this.answers.delete(answer);
    }
  }

  private begin(prompt: AbortController): void {
    if (this.running.size === 0) {
      this.changedAt = Date.now();
    }
    this.running.add(prompt);
  }

  private end(prompt: AbortController): void {
    this.running.delete(prompt);
    if (this.running.size === 0) {
      this.changedAt = Date.now();
    }
  }

  private refuse(response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed) {
      response.end();
      return;
    }
    const status = error instanceof RequestError ? error.status : 500;
    // What is left of the body is not read.
    response.setHeader('connection', 'close');
    sendJson(response, status, failureOf(error));
  }
}

/** Server-sent events, each with JSON. It opens with the first of them: what fails before has a status of its own. */
class EventStream {
  private readonly heartbeat: NodeJS.Timeout;

  constructor(private readonly response: ServerResponse) {
    this.heartbeat = setInterval(() => this.write(': still here\n\n'), HEARTBEAT_MS).unref();
  }

  get isOpen(): boolean {
    return this.response.headersSent;
  }

  send(event: AgentEvent): void {
    this.write(`data: ${JSON.stringify(event)}\n\n`);
  }

  end(event: AgentEvent): void {
    this.send(event);
    this.close();
    this.response.end();
  }

  close(): void {
    clearInterval(this.heartbeat);
  }

  private write(text: string): void {
    if (this.response.destroyed) {
      return;
    }
    if (!this.response.headersSent) {
      this.response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    }
    this.response.write(text);
  }
}

function requireMethod({ method }: IncomingMessage, response: ServerResponse, allowed: string): void {
  if (method !== allowed) {
    response.setHeader('allow', allowed);
    throw new RequestError(405, `${method} is not possible here; use ${allowed}`);
  }
}

function sessionIdOf({ headers }: IncomingMessage): string | undefined {
  const id = headers[AGENT_SESSION_HEADER];
  if (id !== undefined && !(typeof id === 'string' && SESSION_ID.test(id))) {
    throw new RequestError(400, `the header ${AGENT_SESSION_HEADER} must have 1 to 256 visible ASCII characters`);
  }
  return id as string | undefined;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new RequestError(413, `the body is larger than ${AGENT_MAX_BODY_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > AGENT_MAX_BODY_BYTES) {
    throw tooLarge();
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > AGENT_MAX_BODY_BYTES) {
      throw tooLarge();
    }
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  if (!response.destroyed) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

function failureOf(error: unknown): AgentFailure {
  return { error: nameOf(error), message: messageOf(error) };
}

/** Neither prompt nor answer: they may hold anything. */
function factsOf({ stop, model, toolCalls, files }: AgentAnswer): object {
  return { stop, model, toolCalls, files: files.length };
}
