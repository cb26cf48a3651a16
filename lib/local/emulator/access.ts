import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { cannotParse, ServiceError } from './errors';

/** The address that a request asks for. Throws a ValidationException for what is none. */
export function addressOf({ url = '/' }: IncomingMessage): URL {
  const whole = url.startsWith('/') ? `http://emulator${url}` : url;
  if (!URL.canParse(whole)) {
    throw cannotParse('The request path is no valid address');
  }
  return new URL(whole);
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

export function isLoopback(host: string): boolean {
  return host === '::1' || LOOPBACK.test(host);
}

/**
 * Lets in who may use the emulator. It runs code, so a page in a browser must not reach it: neither across origins nor by
 * a name that resolves to a loopback address. With a token the request must show it: as the access key id
 * of its signature (the signature itself is not checked), as a bearer token, or, for the page in a browser, in the address.
 */
export function checkAccess(request: IncomingMessage, { token }: { readonly token?: string }): void {
  const { host = '', origin, authorization = '' } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) {
    throw new ServiceError('AccessDeniedException', 'Requests of web pages from other origins are refused');
  }
  if (token === undefined) {
    if (host !== '' && !LOOPBACK.test(host)) {
      throw new ServiceError('AccessDeniedException', `The Host header must name a loopback address, not ${host}`);
    }
    return;
  }
  const url = addressOf(request);
  const shown =
    url.searchParams.get('token') ??
    /^Bearer (.+)$/.exec(authorization)?.[1] ??
    /Credential=([^/,\s]+)/.exec(authorization)?.[1] ??
    '';
  if (!same(shown, token)) {
    throw new ServiceError(
      'AccessDeniedException',
      "This emulator needs its token: pass it as the AWS access key id, or as 'Authorization: Bearer TOKEN'",
    );
  }
}

function same(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
