import { randomUUID } from 'node:crypto';
import {
  isInitializeRequest,
  legacyStatelessFallback,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';

/** More clients than that, and the one that has been silent for longest has to connect anew. */
const MAX_CONNECTIONS = 100;

/**
 * Clients of the protocol before 2026-07-28: a connection spans requests. Without it, a client's cancellation, which is a
 * request of its own, could not be distinguished from those of others.
 */
export class LegacyConnections {
  private readonly transports = new Map<string, WebStandardStreamableHTTPServerTransport>();
  private readonly stateless: (request: Request) => Promise<Response>;

  constructor(
    private readonly makeServer: () => McpServer,
    private readonly maxRequestBodySize: number,
  ) {
    this.stateless = legacyStatelessFallback(makeServer, undefined, { maxRequestBodySize });
  }

  async fetch(request: Request): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) {
      return this.transport(id)?.handleRequest(request) ?? unknownConnection();
    }
    return (await isInitialize(request)) ? (await this.connect()).handleRequest(request) : this.stateless(request);
  }

  async close(): Promise<void> {
    await Promise.all([...this.transports.values()].map((transport) => transport.close()));
  }

  private async connect(): Promise<WebStandardStreamableHTTPServerTransport> {
    const transport: WebStandardStreamableHTTPServerTransport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id): void => this.remember(id, transport),
      onsessionclosed: (id) => {
        this.transports.delete(id);
      },
      maxRequestBodySize: this.maxRequestBodySize,
    });
    await this.makeServer().connect(transport);
    return transport;
  }

  /** Moves it to the end of the order in which connections are given up. */
  private transport(id: string): WebStandardStreamableHTTPServerTransport | undefined {
    const transport = this.transports.get(id);
    if (transport !== undefined) {
      this.transports.delete(id);
      this.transports.set(id, transport);
    }
    return transport;
  }

  private remember(id: string, transport: WebStandardStreamableHTTPServerTransport): void {
    this.transports.set(id, transport);
    const [oldest] = this.transports;
    if (oldest !== undefined && this.transports.size > MAX_CONNECTIONS) {
      this.transports.delete(oldest[0]);
      void oldest[1].close();
    }
  }
}

async function isInitialize(request: Request): Promise<boolean> {
  if (request.method !== 'POST') {
    return false;
  }
  try {
    return isInitializeRequest(await request.clone().json());
  } catch {
    // What cannot be read is refused by whoever handles it.
    return false;
  }
}

function unknownConnection(): Response {
  const error = { code: -32001, message: 'This connection has ended; initialize a new one' };
  return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 404 });
}
