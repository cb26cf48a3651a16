import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { isSameSecret } from '../listener/access-key';
import { isLoopback } from '../listener/served-hosts';
import { LegacyConnections } from './legacy-connections';
import type { McpService } from './mcp-server';

/** What write_files may carry. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const PATH = '/mcp';

export interface HttpEndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  /** Besides those of this machine. */
  readonly allowedHosts: readonly string[];
}

export interface HttpEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves MCP by streamable HTTP, to programs on this machine unless there is a token. */
export async function listen(service: McpService, options: HttpEndpointOptions): Promise<HttpEndpoint> {
  const { host, port, token } = options;
  if (!isLoopback(host) && token === undefined) {
    throw new Error(`--host ${host} can be reached by others: give --token, which they must show`);
  }
  const limit = { maxRequestBodySize: MAX_BODY_BYTES };
  const modern = createMcpHandler(() => service.server(), { ...limit, legacy: 'reject' });
  const legacy = new LegacyConnections(() => service.server(), MAX_BODY_BYTES);
  const fetch = async (request: Request) =>
    (await isLegacyRequest(request, undefined, limit)) ? legacy.fetch(request) : modern.fetch(request);
  const answer = toNodeHandler({ fetch }, limit);
  const isAllowed = guard(options);
  const server = createServer((request, response) => {
    if (isAllowed(request, response)) {
      void answer(request, response as never);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}${PATH}`,
    close: async () => {
      await Promise.all([modern.close(), legacy.close()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Pages of other sites, which a browser on this machine may show, must not run code here. */
function guard({ host, token, allowedHosts }: HttpEndpointOptions) {
  const hosts = ['localhost', '127.0.0.1', '[::1]', host, ...allowedHosts];
  const checkHost = hostHeaderValidation(hosts);
  const checkOrigin = originValidation(hosts);
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (!checkHost(request, response) || !checkOrigin(request, response)) {
      return false;
    }
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== PATH) {
      refuse(response, 404, `Nothing is here; MCP is at ${PATH}`);
      return false;
    }
    if (token !== undefined && !isBearer(request.headers.authorization, token)) {
      refuse(response, 401, 'The header "Authorization: Bearer TOKEN" is missing, or has another token');
      return false;
    }
    return true;
  };
}

function isBearer(header: string | undefined, token: string): boolean {
  return isSameSecret(header ?? '', `Bearer ${token}`);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: message }));
}
