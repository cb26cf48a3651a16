import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as the SDK made it: `StartExecution`, with the fields of its body. */
export interface StandInRequest {
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

/** JSON for the JSON protocols, text for XML. */
export interface StandInAnswer {
  readonly status?: number;
  readonly body: object | string;
}

/**
 * A few operations of AWS on a free loopback port, for unmodified SDK clients: AWS JSON as Step Functions and EventBridge
 * speak it, and the query protocol of SNS.
 */
export class AwsStandIn {
  readonly requests: StandInRequest[] = [];
  private server?: Server;

  constructor(private readonly answer: (request: StandInRequest) => StandInAnswer) {}

  async start(): Promise<string> {
    const server = createServer(async (incoming, outgoing) => {
      const request = parse(String(incoming.headers['x-amz-target'] ?? ''), await text(incoming));
      this.requests.push(request);
      const { status = 200, body } = this.answer(request);
      const isText = typeof body === 'string';
      outgoing.writeHead(status, { 'content-type': isText ? 'text/xml' : 'application/x-amz-json-1.0' });
      outgoing.end(isText ? body : JSON.stringify(body));
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  of(operation: string): Record<string, unknown>[] {
    return this.requests.filter((request) => request.operation === operation).map(({ body }) => body);
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }
}

function parse(target: string, body: string): StandInRequest {
  if (target) {
    return { operation: target.slice(target.lastIndexOf('.') + 1), body: JSON.parse(body) };
  }
  const { Action = '', ...fields } = Object.fromEntries(new URLSearchParams(body));
  return { operation: Action, body: fields };
}
