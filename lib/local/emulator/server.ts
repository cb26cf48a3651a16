import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { checkAccess } from './access';
import { ServiceError } from './errors';

/** What answers requests. Throws a {@link ServiceError} to answer with that. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
}

/** Node's own limits of a request's duration are off: an execution may take 15 minutes, a payload of 100 MB its time. */
function create(handle: Handler, options: ServerOptions): Server {
  const server = createServer(
    { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      response.setHeader('x-amzn-requestid', randomUUID());
      Promise.resolve()
        .then(() => checkAccess(request, options))
        .then(() => handle(request, response))
        .catch((error: unknown) => answerError(request, response, error));
    },
  );
  server.on('clientError', answerUnreadable);
  return server;
}

/** Answers with an error in the service's form. What is not the client's fault is an InternalServerException. */
export function answerError(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const answer = toServiceError(error);
  const body = answer.body;
  if (!request.complete) {
    // The rest of the body is not read: this connection cannot carry another request.
    response.setHeader('connection', 'close');
  }
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-errortype': answer.header,
  });
  response.end(body);
  request.resume();
}

export function toServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  return new ServiceError('InternalServerException', `The emulator failed: ${message}`);
}

/** What is not HTTP: answered too, so that a client sees why. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const answer = new ServiceError('ValidationException', `The request is not valid HTTP: ${error.message}`, {
    reason: 'CannotParse',
  });
  const body = answer.body;
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-amzn-errortype: ${answer.header}\r\nx-amzn-requestid: ${randomUUID()}\r\n\r\n${body}`,
  );
}

/** The emulator's HTTP server. */
export class HttpServer {
  readonly #server: Server;
  readonly endpoint: string;

  private constructor(server: Server, host: string) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  static async listen(handle: Handler, options: ServerOptions): Promise<HttpServer> {
    const server = create(handle, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, resolve);
    });
    return new HttpServer(server, options.host);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}
