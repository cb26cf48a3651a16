import { lookup } from 'node:dns/promises';
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { BlockList, connect, isIP, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { pipeline } from 'node:stream';
import { join } from './relay';

/** Where a session goes out to. */
export interface EgressOptions {
  /** Whether private addresses can be reached, as from a VPC. */
  readonly privateAddresses: boolean;
  /** `host:port` that can be reached whatever its address is. */
  readonly allowed: readonly string[];
}

const OWN_AND_SPECIAL: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const PRIVATE: readonly [string, number][] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
];

/** The proxy's name in sessions. */
export const EGRESS_PORT = 3_128;

/**
 * The way to the internet for PUBLIC and VPC sessions: an HTTP proxy outside the session's own network. So the host's
 * loopback ports, its other addresses and the metadata address stay out of reach, which they would not in the host's
 * network namespace. The price: only what speaks HTTP(S) through a proxy gets out, and names resolve only in the proxy.
 */
export function createEgress(options: EgressOptions): Server {
  const denied = deniedAddresses(options.privateAddresses);
  const open = async (host: string, port: number): Promise<string> => {
    if (options.allowed.includes(`${host}:${port}`)) {
      return host;
    }
    const address = isIP(host) === 0 ? (await lookup(host)).address : host;
    if (denied(address)) {
      throw new Error(`${host} is ${address}, which is not on the internet`);
    }
    // The address that was checked, so that a second answer of the name server cannot lead elsewhere.
    return address;
  };
  const server = createServer((request, response) => {
    proxyRequest(request, response, open).catch((error: Error) => refuse(response, error));
  });
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    proxyConnect(request, client, head, open).catch((error: Error) => {
      client.end(`HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n${error.message}\n`);
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

type Open = (host: string, port: number) => Promise<string>;

async function proxyConnect(request: IncomingMessage, client: Socket, head: Buffer, open: Open): Promise<void> {
  client.on('error', () => client.destroy());
  const { hostname, port } = new URL(`http://${request.url ?? ''}`);
  const number = Number(port || 443);
  const host = hostname.replace(/^\[|\]$/g, '');
  const upstream = connect({ host: await open(host, number), port: number, allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    upstream.once('connect', resolve);
    upstream.once('error', reject);
  });
  client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  upstream.write(head);
  join(client, upstream);
}

async function proxyRequest(request: IncomingMessage, response: ServerResponse, open: Open): Promise<void> {
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined;
  if (url?.protocol !== 'http:') {
    throw new Error('This is a proxy: it needs an http:// address');
  }
  const port = Number(url.port || 80);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { 'proxy-connection': _hop, 'proxy-authorization': _secret, ...headers } = request.headers;
  const address = await open(host, port);
  const upstream = forward({
    host: address,
    port,
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers,
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // An answer that is cut off is cut off for the session, too.
    pipeline(answer, response, () => {});
  });
  upstream.on('error', (error) => refuse(response, error));
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function refuse(response: ServerResponse, error: Error): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(403, { 'content-type': 'text/plain' }).end(`${error.message}\n`);
}

/** Loopback, link-local (so the metadata address), multicast, this machine's own addresses; private ones if asked for. */
function deniedAddresses(privateAddresses: boolean): (address: string) => boolean {
  const list = new BlockList();
  for (const [net, prefix] of [...OWN_AND_SPECIAL, ...(privateAddresses ? [] : PRIVATE)]) {
    list.addSubnet(net, prefix, 'ipv4');
  }
  list.addAddress('::', 'ipv6');
  list.addAddress('::1', 'ipv6');
  list.addSubnet('fe80::', 10, 'ipv6');
  list.addSubnet('ff00::', 8, 'ipv6');
  // IPv4 in IPv6 and its translations: no way around the rules above.
  for (const net of ['::ffff:0:0', '64:ff9b::']) {
    list.addSubnet(net, 96, 'ipv6');
  }
  list.addSubnet('2002::', 16, 'ipv6');
  if (!privateAddresses) {
    list.addSubnet('fc00::', 7, 'ipv6');
  }
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((all) => all ?? [])) {
    list.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return (address) => isIP(address) === 0 || list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
