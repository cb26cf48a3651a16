import { chmodSync, constants, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer, isIP, type Server, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream';

/** Where a session finds something of ours: an address inside its own network, and the socket that leads out. */
export interface Forward {
  readonly host: string;
  readonly port: number;
  /** The unix socket, by its path inside the session. */
  readonly socket: string;
}

/** A server on a unix socket, which is visible in sessions. */
export class SocketServer {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  readonly #path: string;

  private constructor(path: string, serve: (connection: Socket) => void) {
    this.#path = path;
    this.#server = createServer({ allowHalfOpen: true }, (connection) => {
      this.#connections.add(connection);
      connection.on('close', () => this.#connections.delete(connection));
      connection.on('error', () => connection.destroy());
      serve(connection);
    });
  }

  static async listen(path: string, serve: (connection: Socket) => void): Promise<SocketServer> {
    const server = new SocketServer(path, serve);
    await atShortPath(path, async (short) => {
      await new Promise<void>((resolve, reject) => {
        server.#server.once('error', reject);
        server.#server.listen(short, resolve);
      });
    });
    // The users of sessions are others; who may see the folder decides.
    chmodSync(path, 0o666);
    return server;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) {
      connection.destroy();
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#path, { force: true });
  }
}

/** The kernel takes no longer paths for sockets, of whatever length the temporary folder's is. In bytes. */
const MAX_SOCKET_PATH = 100;

/** Gives a path that leads to the same place, through the folder's descriptor, where the path is too long for a socket. */
async function atShortPath(path: string, use: (short: string) => Promise<void>): Promise<void> {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH || process.platform !== 'linux') {
    return use(path);
  }
  const folder = await open(dirname(path), constants.O_DIRECTORY);
  try {
    await use(`/proc/self/fd/${folder.fd}/${basename(path)}`);
  } finally {
    await folder.close();
  }
}

/**
 * Joins two connections: what comes from one goes to the other, to the end, also when that one has closed meanwhile. Both
 * must allow to be half open, or the end of one direction would cut off the other.
 */
export function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    pipeline(from, to, (error) => {
      if (error) {
        one.destroy();
        other.destroy();
      }
    });
  }
}

/** An S3 endpoint as sessions reach it: at this very URL, through a forwarder in their own network. */
export interface S3Address {
  readonly host: string;
  readonly port: number;
  /** The line of the session's /etc/hosts that the host's name needs. */
  readonly hostsLine?: string;
}

/** What of an endpoint's URL a session can be given. Throws for what it cannot. */
export function parseS3Endpoint(endpoint: string): S3Address {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error(`s3Endpoint must be a URL like http://127.0.0.1:4566, not ${JSON.stringify(endpoint)}`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (port < 1024) {
    throw new Error(
      `s3Endpoint must have a port of at least 1024, which a session can listen on; ${endpoint} has ${port}`,
    );
  }
  if (isIP(host) === 0) {
    return { host, port, hostsLine: `127.0.0.1 ${host}` };
  }
  if (!host.startsWith('127.') && host !== '::1') {
    throw new Error(`s3Endpoint must name a host or a loopback address, not ${host}: a session has no other address`);
  }
  return { host, port };
}

/** Serves S3 to sessions. */
export function relayTo(address: S3Address): (connection: Socket) => void {
  return (connection) => join(connection, connect({ host: address.host, port: address.port, allowHalfOpen: true }));
}
