import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3StandIn {
  readonly endpoint: string;
  close(): void;
}

/** Answers every request to S3 alike: for what the local S3 cannot be brought to say. */
export async function s3StandIn(status: number, body: string): Promise<S3StandIn> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
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
