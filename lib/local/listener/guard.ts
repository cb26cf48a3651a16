import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type AccessKey, accessKeyOfToken, isSameSecret } from './access-key';
import { checkContentType, checkOrigin } from './browser-rules';
import { RefusedRequest } from './refused-request';
import { checkScope, checkSignature, type ShownSignature, shownSignature } from './signature';

/** Who may use a listener, besides pages of its own origin. */
export interface Access {
  /** The keys that requests are signed with. Missing: whoever reaches the listener may use it. */
  readonly keys?: readonly AccessKey[];
  /** Whether the secret of a key will do as `Authorization: Bearer SECRET`, for curl and pages of the listener's own. */
  readonly bearer?: boolean;
  /**
   * Whether bodies in a content type that a form can send are taken if the header Authorization is there, which no form
   * sends: S3 clients give objects any type. Default: no.
   */
  readonly formTypesIfSigned?: boolean;
  /** Whether the digest of a signed body must be in a header, as in S3, so that no signature waits for a body. Default: no. */
  readonly digestRequired?: boolean;
  /** Requests that need no key, since what they are answered with is no secret. Default: none. */
  readonly isOpen?: (request: IncomingMessage) => boolean;
}

/** What is left to check when the body of a request is there. */
export type BodyCheck = (body: Uint8Array) => Promise<void>;

const NOTHING_LEFT: BodyCheck = async () => {};
const DIGEST = /^[0-9a-f]{64}$/;
const EMPTY_DIGEST = sha256('');

/** Access for those who have the token: as the secret of their access key, or as a bearer token. */
export function tokenAccess(token: string | undefined): Access {
  return token === undefined ? {} : { keys: [accessKeyOfToken(token)], bearer: true };
}

/**
 * Decides whether a listener on this machine serves a request: not those that a web page makes, and only those of who
 * has a key.
 *
 * @param hosts the values of the Host header that are served
 * @throws RefusedRequest
 */
export async function guard(
  request: IncomingMessage,
  hosts: ReadonlySet<string>,
  { keys, bearer = false, formTypesIfSigned = false, digestRequired = false, isOpen }: Access,
): Promise<BodyCheck> {
  checkOrigin(request, hosts);
  const { authorization } = request.headers;
  if (!(formTypesIfSigned && (authorization !== undefined || request.method === 'PUT'))) {
    checkContentType(request);
  }
  if (keys === undefined || isOpen?.(request)) {
    return NOTHING_LEFT;
  }
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (bearer && token !== undefined) {
    if (!keys.some(({ secretAccessKey }) => isSameSecret(secretAccessKey, token))) {
      throw new RefusedRequest('AccessDenied', 'This is not the token of this listener');
    }
    return NOTHING_LEFT;
  }
  const shown = shownSignature(request, queryOf(request));
  if (shown === undefined) {
    throw new RefusedRequest('AccessDenied', `The request must be signed${bearer ? ', or show the token' : ''}`);
  }
  const key = keys.find(({ accessKeyId }) => accessKeyId === shown.accessKeyId);
  if (key === undefined) {
    throw new RefusedRequest('InvalidAccessKeyId', 'The access key id is not one of this listener');
  }
  checkScope(request, shown);
  return checkSigned(request, shown, key, digestRequired);
}

/** A signature covers the digest of the body, where that is in a header; otherwise it waits for the body. */
async function checkSigned(
  request: IncomingMessage,
  shown: ShownSignature,
  key: AccessKey,
  digestRequired: boolean,
): Promise<BodyCheck> {
  const claimed = shown.expiresSeconds === undefined ? request.headers['x-amz-content-sha256'] : 'UNSIGNED-PAYLOAD';
  if (claimed === undefined) {
    if (digestRequired) {
      throw new RefusedRequest('AccessDenied', 'The request must have the header x-amz-content-sha256');
    }
    if (!hasBody(request)) {
      await checkSignature(request, shown, key, EMPTY_DIGEST);
      return NOTHING_LEFT;
    }
    return (body) => checkSignature(request, shown, key, sha256(body));
  }
  await checkSignature(request, shown, key, String(claimed));
  if (!DIGEST.test(String(claimed))) {
    return NOTHING_LEFT;
  }
  return async (body) => {
    if (sha256(body) !== claimed) {
      const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
      throw new RefusedRequest('XAmzContentSHA256Mismatch', message);
    }
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
