import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { createServer, request as forward, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { pipeline } from 'node:stream';
import { refusalOf } from './egress-policy';
import { hostProxyFor, requestTo, tunnelThrough } from './host-proxy';
import { join } from './relay';

/** Where a session goes out to. */
export interface EgressOptions {
  /** Whether private addresses can be reached, as from a VPC. */
  readonly privateAddresses: boolean;
  /** `host:port` that can be reached whatever its address is. */
  readonly allowed: readonly string[];
}

/** The proxy's port in sessions. */
export const EGRESS_PORT = 3_128;
const CONNECT_TIMEOUT_MS = 30_000;

/** What the proxy answers a client: the status and the reason. */
class ProxyError extends Error {
  constructor(
    readonly status: 400 | 403 | 502 | 504,
    message: string,
  ) {
    super(message);
  }
}

/** One host and port that a session asks for. */
interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * The way to the internet for PUBLIC and VPC sessions: an HTTP proxy outside the session's own network. So the host's
 * loopback ports, its other addresses and the metadata address stay out of reach, which they would not in the host's
 * network namespace. The price: only what speaks HTTP(S) through a proxy gets out, and names resolve only in the proxy.
 */
export function createEgress(options: EgressOptions): Server {
  const server = createServer((request, response) => {
    forwardRequest(request, response, options).catch((error: Error) => answerError(response, error));
  });
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy());
    openTunnel(request, client, head, options).catch((error: Error) => client.end(connectError(error)));
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

async function openTunnel(request: IncomingMessage, client: Socket, head: Buffer, options: EgressOptions) {
  const target = parseAuthority(request.url ?? '');
  const authority = formatAuthority(target);
  const proxy = isAllowed(target, options) ? undefined : hostProxyFor(`https://${authority}`);
  const lookupFor = await resolveTarget(target, options, proxy !== undefined);
  const upstream = proxy === undefined ? await dial(target, lookupFor) : await tunnelThrough(proxy, authority);
  client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  upstream.write(head);
  join(client, upstream);
}

async function forwardRequest(request: IncomingMessage, response: ServerResponse, options: EgressOptions) {
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined;
  if (url?.protocol !== 'http:') {
    throw new ProxyError(400, 'this is a proxy: it needs an http:// URL');
  }
  const target = { host: withoutBrackets(url.hostname), port: Number(url.port || 80) };
  const proxy = isAllowed(target, options) ? undefined : hostProxyFor(url.href);
  const lookupFor = await resolveTarget(target, options, proxy !== undefined);
  const { 'proxy-connection': _hop, 'proxy-authorization': _secret, ...headers } = request.headers;
  const { method } = request;
  const upstream =
    proxy === undefined
      ? forward({ ...target, agent: false, method, path: `${url.pathname}${url.search}`, headers, lookup: lookupFor })
      : requestTo(proxy, { method, path: url.href, headers });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    // An answer that is cut off is cut off for the session, too.
    pipeline(answer, response, () => {});
  });
  upstream.on('error', (error) => answerError(response, error));
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** `host:port` as CONNECT has it. A URL would drop port 80, and reads `0x7f.1` as `127.0.0.1`, which is what the host's part is parsed for. */
function parseAuthority(authority: string): Target {
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(authority) ?? [];
  const url = host !== '' && URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : undefined;
  if (url === undefined || url.host === '' || url.username !== '' || Number(port) < 1 || Number(port) > 65_535) {
    throw new ProxyError(400, `CONNECT needs a host and a port, such as example.com:443, not ${authority}`);
  }
  return { host: withoutBrackets(url.hostname), port: Number(port) };
}

function formatAuthority({ host, port }: Target): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function isAllowed(target: Target, { allowed }: EgressOptions): boolean {
  return allowed.includes(formatAuthority(target));
}

/**
 * Checks where a host leads, and answers with what to connect to: the addresses that were checked, so that a second answer
 * of the name server cannot lead elsewhere.
 * @param proxied whether a proxy of this machine will look up the name itself: then it need not resolve here
 */
async function resolveTarget(target: Target, options: EgressOptions, proxied: boolean): Promise<LookupFunction> {
  const { host } = target;
  const addresses = await addressesOf(host).catch((error: NodeJS.ErrnoException) => {
    if (proxied) {
      return [];
    }
    throw new ProxyError(error.code === 'EAI_AGAIN' ? 504 : 502, `${host} does not resolve (${error.code})`);
  });
  if (!isAllowed(target, options)) {
    const rules = { privateAddresses: options.privateAddresses, ownAddresses: ownAddresses() };
    for (const { address } of addresses) {
      const refusal = refusalOf(address, rules);
      if (refusal !== undefined) {
        const what = address === host ? host : `${host} (${address})`;
        throw new ProxyError(403, `sessions do not reach ${what}: it is ${refusal}`);
      }
    }
  }
  return (_host, wanted, done) => {
    const [first] = addresses;
    wanted.all ? done(null, addresses) : done(null, first?.address ?? '', first?.family);
  };
}

async function addressesOf(host: string): Promise<LookupAddress[]> {
  const family = isIP(host);
  return family === 0 ? lookup(host, { all: true, verbatim: true }) : [{ address: host, family }];
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
}

async function dial(target: Target, lookupFor: LookupFunction): Promise<Socket> {
  const upstream = connect({ ...target, lookup: lookupFor, allowHalfOpen: true });
  const late = setTimeout(
    () => upstream.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
    CONNECT_TIMEOUT_MS,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      upstream.once('connect', resolve);
      upstream.once('error', reject);
    });
    return upstream;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ProxyError(code === 'ETIMEDOUT' ? 504 : 502, `${formatAuthority(target)}: ${code ?? message}`);
  } finally {
    clearTimeout(late);
  }
}

function statusOf(error: Error): number {
  return error instanceof ProxyError ? error.status : 502;
}

/** The reason is in the status line, since that is what HTTPS clients show of a refused CONNECT; and in the body. */
function connectError(error: Error): string {
  const head = [`HTTP/1.1 ${statusOf(error)} ${reasonPhrase(error)}`, 'content-type: text/plain', 'connection: close'];
  return `${head.join('\r\n')}\r\n\r\n${error.message}\n`;
}

function answerError(response: ServerResponse, error: Error): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(statusOf(error), reasonPhrase(error), { 'content-type': 'text/plain' }).end(`${error.message}\n`);
}

/** What a status line can hold. */
function reasonPhrase({ message }: Error): string {
  return message.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 500);
}
