import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { failuresPrefix } from '../../lib/contract/failure-details';

export interface S3StandIn {
  readonly endpoint: string;
  close(): void;
}

/** Answers every request to S3 alike, except that it keeps details of failures: for what the local S3 cannot be brought to say. */
export async function s3StandIn(status: number, body: string): Promise<S3StandIn> {
  const details = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const sent = await buffer(request);
    if (!path.includes(`/${failuresPrefix('')}`)) {
      response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
      return;
    }
    if (request.method === 'PUT') {
      details.set(path, sent);
    }
    response.writeHead(200).end(request.method === 'GET' ? details.get(path) : undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

export const ACCESS_DENIED = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
