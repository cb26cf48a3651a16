import type { IncomingMessage } from 'node:http';
import { RefusedRequest } from './refused-request';

/** The content types that a page may send to another origin without being asked, with a form among other ways. */
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
const OWN_SITES = ['same-origin', 'none'];

/** Refuses a request that a web page of another origin has made, or a page of a name that was rebound to this machine. */
export function checkOrigin(request: IncomingMessage, hosts: ReadonlySet<string>): void {
  const { host = '', origin, 'sec-fetch-site': site } = request.headers;
  if (!hosts.has(host.toLowerCase())) {
    const served = [...hosts].join(', ');
    throw new RefusedRequest('AccessDenied', `The Host header must be one of ${served}, not ${JSON.stringify(host)}`);
  }
  const isForeign = origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`;
  if (isForeign || (site !== undefined && !OWN_SITES.includes(String(site)))) {
    throw new RefusedRequest('AccessDenied', 'Requests of web pages from other origins are refused');
  }
}

/** Refuses a body in a content type that a form can send. */
export function checkContentType({ headers }: IncomingMessage): void {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (FORM_TYPES.includes(type.trim().toLowerCase())) {
    throw new RefusedRequest('UnsupportedMediaType', `A body of content type ${type.trim()} is refused: forms send it`);
  }
}
