import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Access, type BodyCheck, guard } from './guard';
import { IdleBodies } from './idle-bodies';
import { RefusedRequest } from './refused-request';
import { readRequestBody } from './request-body';
import { inUrl, servedHosts } from './served-hosts';

/** How a listener words a refusal in its protocol. */
export type WordRefusal = (refusal: RefusedRequest) => {
  /** Default: that of the refusal. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Serves requests that the guard has let in, with their bodies. */
export interface WholeService {
  serve(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void>;
  /** The largest body that is read. */
  maxBodyBytes(request: IncomingMessage): number;
}

/** Serves requests that the guard has let in, and reads their bodies itself. */
export interface StreamingService {
  /** The check compares a body with its digest in the request. */
  serveUnread(request: IncomingMessage, response: ServerResponse, checkBody: BodyCheck): void;
}

/** How long a client may take, in milliseconds. */
export interface Patience {
  /** For the header. Default: 20 seconds. */
  readonly headersMs?: number;
  /** Between two pieces of the body. Default: 30 seconds. */
  readonly idleBodyMs?: number;
  /** For header and body; 0 for no limit. Default: 5 minutes. */
  readonly requestMs?: number;
}

export interface ListenerOptions extends Patience {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 0, a free one. */
  readonly port?: number;
  /** Names of this machine, beside those of the address, that clients may use. */
  readonly hostNames?: readonly string[];
  readonly access: Access;
  readonly wordRefusal: WordRefusal;
  readonly service: WholeService | StreamingService;
}

/**
 * An HTTP listener on this machine. All that this package serves over HTTP goes through one, so through the same guard
 * and the same limits.
 */
export class HttpListener {
  readonly endpoint: string;

  private constructor(
    private readonly server: Server,
    private readonly bodies: IdleBodies,
    host: string,
  ) {
    this.endpoint = `http://${inUrl(host)}:${(server.address() as AddressInfo).port}`;
  }

  static async listen(options: ListenerOptions): Promise<HttpListener> {
    const { host = '127.0.0.1', port = 0, headersMs = 20_000, idleBodyMs = 30_000, requestMs = 300_000 } = options;
    const bodies = new IdleBodies(idleBodyMs, (response, refusal) => refuse(options, response, refusal));
    let hosts: ReadonlySet<string> = new Set();
    const server = createServer(
      {
        headersTimeout: headersMs,
        requestTimeout: requestMs,
        connectionsCheckingInterval: Math.min(5_000, headersMs / 2),
        keepAliveTimeout: 65_000,
      },
      (request, response) => {
        bodies.watch(request, response);
        guard(request, hosts, { ...options.access, digestRequired: 'serveUnread' in options.service })
          .then((checkBody) => serve(options.service, request, response, checkBody))
          .catch((error: unknown) => refuse(options, response, toRefusal(error)));
      },
    );
    server.on('clientError', (error, socket) => answerUnreadable(options, error, socket as Socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    const { address, port: actualPort } = server.address() as AddressInfo;
    hosts = servedHosts(address, actualPort, options.hostNames);
    return new HttpListener(server, bodies, host);
  }

  async close(): Promise<void> {
    this.bodies.close();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }
}

async function serve(
  service: WholeService | StreamingService,
  request: IncomingMessage,
  response: ServerResponse,
  checkBody: BodyCheck,
): Promise<void> {
  if ('serveUnread' in service) {
    return service.serveUnread(request, response, checkBody);
  }
  const body = await readRequestBody(request, service.maxBodyBytes(request));
  await checkBody(body);
  await service.serve(request, response, body);
}

/** What the server itself has got wrong is answered, too; what it was stays here. */
function toRefusal(error: unknown): RefusedRequest {
  return error instanceof RefusedRequest ? error : new RefusedRequest('InternalError', 'The listener failed');
}

/** Answers, and closes the connection: what is left of the body is not read. */
function refuse({ wordRefusal }: ListenerOptions, response: ServerResponse, refusal: RefusedRequest): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status = refusal.status, headers, body } = wordRefusal(refusal);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' });
  response.end(body);
}

/** What is not HTTP, or takes too long: answered as well, so that a client sees why. */
function answerUnreadable({ wordRefusal }: ListenerOptions, error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const refusal = unreadable(error);
  const { status = refusal.status, headers, body } = wordRefusal(refusal);
  const all = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  // Whoever does not read the answer does not keep the connection.
  socket.setTimeout(5_000, () => socket.destroy());
}

function unreadable({ code, message }: NodeJS.ErrnoException): RefusedRequest {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RefusedRequest('RequestTimeout', 'The request was not complete in time');
    case 'HPE_HEADER_OVERFLOW':
      return new RefusedRequest('HeadersTooLarge', 'The header of the request is too large');
    default:
      return new RefusedRequest('BadRequest', `The request is not valid HTTP: ${message}`);
  }
}
