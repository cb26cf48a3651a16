import type { IncomingMessage } from 'node:http';
import { Sha256 } from '@smithy/core/checksum';
import { ALGORITHM_IDENTIFIER, createScope, getCanonicalHeaders, SignatureV4 } from '@smithy/signature-v4';
import { type AccessKey, isSameSecret } from './access-key';
import { RefusedRequest } from './refused-request';

/** A signature of AWS Signature Version 4, as a request shows it. */
export interface ShownSignature {
  readonly accessKeyId: string;
  readonly shortDate: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20261125T203000Z` */
  readonly longDate: string;
  /** Of a presigned URL. */
  readonly expiresSeconds?: number;
}

const CREDENTIAL = /^([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request$/;
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;
const LONG_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const CLOCK_SKEW_SECONDS = 15 * 60;
const MAX_EXPIRES_SECONDS = 7 * 24 * 3600;
/** Headers of AWS that need not be signed in a presigned URL: nothing depends on them. */
const UNSIGNED = ['x-amz-content-sha256', 'x-amz-user-agent'];

/** The signature of the Authorization header, or of a presigned URL; undefined where there is none. */
export function shownSignature(request: IncomingMessage, query: URLSearchParams): ShownSignature | undefined {
  const { authorization } = request.headers;
  if (authorization?.startsWith('AWS4-')) {
    const [, credential = '', headers = '', signature = ''] = AUTHORIZATION.exec(authorization) ?? [];
    return parse(credential, headers, signature, String(request.headers['x-amz-date'] ?? ''));
  }
  if (authorization === undefined && query.has('X-Amz-Signature')) {
    const value = (name: string) => query.get(`X-Amz-${name}`) ?? '';
    const expiresSeconds = Number(value('Expires') || Number.NaN);
    if (
      value('Algorithm') !== ALGORITHM_IDENTIFIER ||
      !(expiresSeconds >= 1 && expiresSeconds <= MAX_EXPIRES_SECONDS)
    ) {
      throw unreadable();
    }
    return { ...parse(value('Credential'), value('SignedHeaders'), value('Signature'), value('Date')), expiresSeconds };
  }
  return undefined;
}

function parse(credential: string, headers: string, signature: string, longDate: string): ShownSignature {
  const [, accessKeyId = '', shortDate = '', region = '', service = ''] = CREDENTIAL.exec(credential) ?? [];
  const signedHeaders = headers.split(';');
  if (accessKeyId === '' || !LONG_DATE.test(longDate) || !longDate.startsWith(shortDate)) {
    throw unreadable();
  }
  if (!signedHeaders.includes('host')) {
    throw new RefusedRequest('AccessDenied', 'The signature must include the header host');
  }
  return { accessKeyId, shortDate, region, service, signedHeaders, signature, longDate };
}

function unreadable(): RefusedRequest {
  return new RefusedRequest('AccessDenied', 'The signature is not a readable one of AWS Signature Version 4');
}

/** Refuses a signature that is too old, or that leaves out what changes the request. */
export function checkScope(
  request: IncomingMessage,
  { longDate, expiresSeconds, signedHeaders }: ShownSignature,
): void {
  const age = (Date.now() - Date.parse(longDate.replace(LONG_DATE, '$1-$2-$3T$4:$5:$6Z'))) / 1000;
  if (!(age >= -CLOCK_SKEW_SECONDS)) {
    throw new RefusedRequest('RequestTimeTooSkewed', `The request is signed for a time to come: ${longDate}`);
  }
  if (age > (expiresSeconds ?? CLOCK_SKEW_SECONDS)) {
    throw expiresSeconds === undefined
      ? new RefusedRequest('RequestTimeTooSkewed', `The request was signed more than 15 minutes ago: ${longDate}`)
      : new RefusedRequest('AccessDenied', `Request has expired: signed ${longDate}, for ${expiresSeconds} s`);
  }
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith('x-amz-') && !UNSIGNED.includes(name) && !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) {
    throw new RefusedRequest('AccessDenied', `The signature must include the header ${unsigned}`);
  }
}

/**
 * Signs the request again, and compares.
 *
 * @param payloadHash the last line of the canonical request: a digest in hex, or a name such as UNSIGNED-PAYLOAD
 * @throws RefusedRequest if the secret of the key has not made the signature
 */
export async function checkSignature(
  request: IncomingMessage,
  shown: ShownSignature,
  key: AccessKey,
  payloadHash: string,
): Promise<void> {
  const signature = await new Resigner(shown, key).sign4(request, shown, payloadHash);
  if (!isSameSecret(signature, shown.signature)) {
    throw new RefusedRequest(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
}

/** The SDK's own signer, for a request that has come instead of one that goes. */
class Resigner extends SignatureV4 {
  constructor({ region, service }: ShownSignature, credentials: AccessKey) {
    // S3 alone takes the path as it is; the others encode it once more.
    super({ region, service, credentials, sha256: Sha256, uriEscapePath: service !== 's3', applyChecksum: false });
  }

  async sign4({ method = '', url = '/', headers }: IncomingMessage, shown: ShownSignature, payloadHash: string) {
    const { signedHeaders, longDate, shortDate, region, service } = shown;
    const values = signedHeaders.map((name) => [name, String(headers[name] ?? '')]);
    const canonicalHeaders = getCanonicalHeaders(
      { headers: Object.fromEntries(values) } as Parameters<typeof getCanonicalHeaders>[0],
      undefined,
      new Set(signedHeaders),
    );
    const [path = '/', search = ''] = splitOnce(url, '?');
    const canonical = this.createCanonicalRequest(
      { method, path, query: queryBag(search), headers: {}, protocol: 'http:', hostname: '' },
      canonicalHeaders,
      payloadHash,
    );
    const scope = createScope(shortDate, region, service);
    const text = await this.createStringToSign(longDate, scope, canonical, ALGORITHM_IDENTIFIER);
    return this.sign(text, { signingDate: new Date(longDate.replace(LONG_DATE, '$1-$2-$3T$4:$5:$6Z')) });
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Names and values as they were before they were encoded; a plus is a plus. */
function queryBag(search: string): Record<string, string[]> {
  const bag: Record<string, string[]> = Object.create(null);
  for (const pair of search.split('&').filter((part) => part !== '')) {
    const [name, value] = splitOnce(pair, '=').map(decode) as [string, string];
    bag[name] = [...(bag[name] ?? []), value];
  }
  return bag;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RefusedRequest('BadRequest', 'The query of the request is not encoded as UTF-8');
  }
}
