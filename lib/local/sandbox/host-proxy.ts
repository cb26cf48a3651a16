import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { getProxyForUrl } from 'proxy-from-env';

/** The proxy that this machine's environment names for a URL: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, unless NO_PROXY excludes it. */
export function hostProxyFor(url: string): URL | undefined {
  const named = getProxyForUrl(url);
  if (named === '') {
    return undefined;
  }
  const proxy = new URL(named);
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    throw new Error(`this machine's proxy ${proxy.protocol}//${proxy.host} is not an HTTP proxy`);
  }
  return proxy;
}

/** A request to the proxy itself. */
export function requestTo(proxy: URL, options: RequestOptions): ClientRequest {
  const { username, password } = proxy;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const request = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  return request({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port || (proxy.protocol === 'https:' ? 443 : 80)),
    // No connection is shared between sessions.
    agent: false,
    ...options,
    headers: {
      ...options.headers,
      ...(username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` }),
    },
  });
}

/** A connection to `authority`, which is `host:port`, through the proxy. */
export async function tunnelThrough(proxy: URL, authority: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = requestTo(proxy, { method: 'CONNECT', path: authority, headers: { host: authority } });
    request.once('error', reject);
    request.once('connect', (answer, socket, head) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        reject(new Error(`this machine's proxy ${proxy.host} answered ${answer.statusCode} ${answer.statusMessage}`));
        return;
      }
      if (head.length > 0) {
        socket.unshift(head);
      }
      resolve(socket as Socket);
    });
    request.once('response', (answer) => {
      answer.resume();
      reject(new Error(`this machine's proxy ${proxy.host} answered ${answer.statusCode} ${answer.statusMessage}`));
    });
    request.end();
  });
}
