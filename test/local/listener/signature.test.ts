import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { type AccessKey, accessKeyOfToken, randomSecret } from '../../../lib/local/listener/access-key';
import { HttpListener } from '../../../lib/local/listener/http-listener';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const KEY = accessKeyOfToken(randomSecret());

describe('a listener verifies signatures', () => {
  let listener: HttpListener;
  let host: string;

  beforeAll(async () => {
    listener = await HttpListener.listen({
      access: { keys: [KEY], bearer: true },
      wordRefusal: ({ code, message }) => ({ headers: { 'x-code': code }, body: message }),
      service: {
        maxBodyBytes: () => 1_000,
        serve: async (_request, response, body) => void response.end(`served ${body}`),
      },
    });
    ({ host } = new URL(listener.endpoint));
  });

  afterAll(() => listener.close());

  async function send({ method, path, headers, body }: Sent): Promise<string> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${listener.endpoint}${path}`, { method, headers }, resolve).on('error', reject).end(body);
    });
    const shown = await text(answer);
    return answer.statusCode === 200 ? shown : String(answer.headers['x-code']);
  }

  const signer = (credentials: AccessKey = KEY) =>
    new SignatureV4({ credentials, region: 'us-east-1', service: 's3', uriEscapePath: false, sha256: Sha256 });

  async function signed(change: Partial<Sent> = {}, credentials = KEY, signingDate = new Date()): Promise<Sent> {
    const [path = '/', query = ''] = (change.path ?? '/bucket/a%20key?list-type=2&prefix=a%2Fb').split('?');
    const asked = { method: 'PUT', body: 'the body', ...change };
    const { headers } = await signer(credentials).sign(
      {
        ...asked,
        protocol: 'http:',
        hostname: host,
        path,
        query: Object.fromEntries(new URLSearchParams(query)),
        headers: { host, 'x-amz-meta-of': 'this test', ...change.headers },
      },
      { signingDate },
    );
    return { ...asked, path: query === '' ? path : `${path}?${query}`, headers };
  }

  async function presigned(expiresIn: number, signingDate = new Date()): Promise<Sent> {
    const { path, query = {} } = await signer().presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname: host,
        path: '/bucket/key',
        query: { 'response-content-type': 'text/csv; charset=utf-8' },
        headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
      { expiresIn, signingDate },
    );
    return {
      method: 'GET',
      path: `${path}?${new URLSearchParams(query as Record<string, string>)}`.replaceAll('+', '%20'),
      headers: {},
    };
  }

  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const withHeader = (sent: Sent, headers: Record<string, string>) => ({
    ...sent,
    headers: { ...sent.headers, ...headers },
  });

  test.each<[string, () => Promise<Sent>]>([
    ['of a request with a body', () => signed()],
    ['of one without', () => signed({ method: 'GET', body: undefined })],
    ['with names and values to be encoded', () => signed({ path: "/b/%E2%82%AC~!'()*?a=%2B%20%26&b=&%E2%82%AC=x" })],
    ['of 14 minutes ago', () => signed({}, KEY, minutesAgo(14))],
    ['of a presigned URL', () => presigned(60)],
    ['of a presigned URL of an hour ago, for two', () => presigned(7_200, minutesAgo(60))],
  ])('and serves a request with the right one: %s', async (_, make) => {
    expect(await send(await make())).toMatch(/^served/);
  });

  test.each<[string, string, () => Promise<Sent>]>([
    ['none', 'AccessDenied', async () => ({ method: 'GET', path: '/', headers: {} })],
    ['that of another secret', 'SignatureDoesNotMatch', () => signed({}, { ...KEY, secretAccessKey: randomSecret() })],
    ['that of another key', 'InvalidAccessKeyId', () => signed({}, { accessKeyId: 'ANOTHER', secretAccessKey: 'x' })],
    ['that of 16 minutes ago', 'RequestTimeTooSkewed', () => signed({}, KEY, minutesAgo(16))],
    ['that of a time to come', 'RequestTimeTooSkewed', () => signed({}, KEY, minutesAgo(-16))],
    ['that of another method', 'SignatureDoesNotMatch', async () => ({ ...(await signed()), method: 'POST' })],
    ['that of another path', 'SignatureDoesNotMatch', async () => ({ ...(await signed()), path: '/bucket/other' })],
    [
      'that of another query',
      'SignatureDoesNotMatch',
      async () => ({ ...(await signed()), path: '/bucket/a%20key?acl' }),
    ],
    [
      'that of another header',
      'SignatureDoesNotMatch',
      async () => withHeader(await signed(), { 'x-amz-meta-of': 'x' }),
    ],
    [
      'one without a header of AWS',
      'AccessDenied',
      async () => withHeader(await signed(), { 'x-amz-copy-source': 'b/k' }),
    ],
    ['that of another body', 'XAmzContentSHA256Mismatch', async () => ({ ...(await signed()), body: 'another!' })],
    [
      'an unreadable one',
      'AccessDenied',
      async () => withHeader(await signed(), { authorization: 'AWS4-HMAC-SHA256 x' }),
    ],
    ['an expired one', 'AccessDenied', () => presigned(60, minutesAgo(2))],
    ['one of a presigned URL for more than a week', 'AccessDenied', async () => longer(await presigned(60), '604801')],
    ['one of a presigned URL made to last', 'SignatureDoesNotMatch', async () => longer(await presigned(60), '600')],
    [
      'one of a presigned URL for a PUT',
      'SignatureDoesNotMatch',
      async () => ({ ...(await presigned(60)), method: 'PUT' }),
    ],
  ])('and refuses %s: %s', async (_, code, make) => {
    expect(await send(await make())).toBe(code);
  });

  const longer = (sent: Sent, seconds: string) => ({
    ...sent,
    path: sent.path.replace(/X-Amz-Expires=\d+/, `X-Amz-Expires=${seconds}`),
  });

  /** As boto3 signs for all services but S3: the digest is not in a header, so the signature is one of the body. */
  async function withoutDigestHeader(method: string, signedBody: string, body: string): Promise<Sent> {
    const plain = new SignatureV4({
      credentials: KEY,
      region: 'us-east-1',
      service: 'bedrock-agentcore',
      sha256: Sha256,
      applyChecksum: false,
    });
    const { headers } = await plain.sign({
      method,
      protocol: 'http:',
      hostname: host,
      path: '/',
      headers: { host },
      body: signedBody,
    });
    return { method, path: '/', headers: { ...headers, 'content-length': String(body.length) }, body };
  }

  test('also where the digest of the body is in no header', async () => {
    expect(await send(await withoutDigestHeader('POST', 'the body', 'the body'))).toBe('served the body');
    expect(await send(await withoutDigestHeader('POST', 'the body', 'another!'))).toBe('SignatureDoesNotMatch');
    expect(await send(await withoutDigestHeader('GET', 'x', 'x'))).toBe('served x');
    const wrong = await withoutDigestHeader('GET', 'x', 'y');
    expect(await send(wrong)).toBe('SignatureDoesNotMatch');
  });

  test('or the secret itself, as a bearer token', async () => {
    const bearer = (token: string) => send({ method: 'GET', path: '/', headers: { authorization: `Bearer ${token}` } });
    expect(await bearer(KEY.secretAccessKey)).toBe('served ');
    expect(await bearer(randomSecret())).toBe('AccessDenied');
    expect(await bearer(KEY.accessKeyId)).toBe('AccessDenied');
  });
});
