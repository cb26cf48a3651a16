import { Agent, request } from 'node:http';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { type LocalS3, startLocalS3 } from '../../lib/local/runner/local-s3';
import { ObjectStorage } from '../../lib/local/runner/storage/object-storage';
import { FUZZ_REQUESTS, forEachAtOnce, rawRequests, sendRaw } from '../support/raw-requests';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const TOKENS = [
  'uploads',
  'uploadId',
  'partNumber',
  'list-type',
  'max-keys',
  'delete',
  'lifecycle',
  'attributes',
  'acl',
];
const HEADERS = ['range', 'content-type', 'x-amz-copy-source', 'x-amz-copy-source-range', 'if-none-match', 'if-match'];
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replace(/[^\x20-\x7e]/g, ''));
const xml = fc.string({ maxLength: 40 }).map((text) => `<Delete><Object><Key>${text}</Key></Object><Part>`);
const chunks = fc
  .tuple(
    fc.oneof(
      fc.string({ maxLength: 10 }),
      fc.integer().map((size) => size.toString(16)),
    ),
    fc.string(),
  )
  .map(([size, data]) => `${size};chunk-signature=x\r\n${data}\r\n0\r\n`);

const requests: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'),
  path: fc
    .tuple(
      fc.constantFrom('/', '/data', '/data/', '/data/key', '/none/key', '/health', '/_fauxqs/queues', '/data/..%2f'),
      fc.webSegment(),
    )
    .map(([start, rest]) => start + rest),
  query: fc.dictionary(
    fc.oneof(fc.constantFrom(...TOKENS), fc.string({ minLength: 1, maxLength: 8 })),
    fc.string({ maxLength: 12 }),
    { maxKeys: 3 },
  ),
  headers: fc.dictionary(
    fc.constantFrom(...HEADERS, 'content-encoding', 'x-amz-decoded-content-length', 'x-amz-meta-a'),
    fc.oneof(
      ascii,
      fc.constantFrom('aws-chunked', 'bytes=5-1', 'bytes=-99999999999999', '*', '../../etc/passwd', '-1'),
    ),
    { maxKeys: 3 },
  ),
  body: fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.oneof(xml, chunks, fc.json()).map((text) => Buffer.from(text)),
  ),
});

describe('malformed requests to the local S3', () => {
  let s3: LocalS3;
  let agent: Agent;

  beforeAll(async () => {
    const storage = ObjectStorage.inMemory();
    storage.table.addBucket('data');
    s3 = await startLocalS3({ storage });
    agent = new Agent({ keepAlive: true });
  });
  afterAll(async () => {
    agent.destroy();
    await s3.stop();
  });

  /** As a session could send it: signed, so that it comes to what is behind the guard. */
  async function send({ method, path, query, headers, body }: Asked): Promise<{ status: number; text: string }> {
    const { host } = new URL(s3.endpoint);
    const signer = new SignatureV4({
      credentials: s3.sessionKey,
      region: 'us-east-1',
      service: 's3',
      uriEscapePath: false,
      sha256: Sha256,
    });
    const unsigned = { method, protocol: 'http:', hostname: host, path, query, headers: { host, ...headers }, body };
    const signed = await signer.sign(unsigned);
    const search = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join('='));
    const length = { 'content-length': String(body.length) };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          hostname: '127.0.0.1',
          port: new URL(s3.endpoint).port,
          // As it is: a URL would be tidied up.
          path: `${path}${search.length > 0 ? `?${search.join('&')}` : ''}`,
          method,
          headers: { ...signed.headers, ...length },
          agent,
        },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
          answer.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  test(`are each answered, and none is taken for a failure of its own: ${FUZZ_REQUESTS} that are signed`, async () => {
    await forEachAtOnce(fc.sample(requests, { numRuns: FUZZ_REQUESTS, seed: 4 }), async (asked) => {
      const { status, text } = await send(asked);
      const fine = status >= 200 && status < 500 && !text.includes('SignatureDoesNotMatch');
      if (!fine && status !== 501) {
        throw new Error(
          `${JSON.stringify({ ...asked, body: Buffer.from(asked.body).toString('latin1') })}: ${status} ${text}`,
        );
      }
    });
  }, 600_000);

  test(`are each answered, or their connection is closed: ${FUZZ_REQUESTS} of raw bytes`, async () => {
    await forEachAtOnce(fc.sample(rawRequests, { numRuns: FUZZ_REQUESTS, seed: 4 }), async (bytes) => {
      const answer = await sendRaw(s3.endpoint, bytes);
      if (!/^(HTTP\/1\.1 4\d\d |$)/.test(answer)) {
        throw new Error(`${JSON.stringify(bytes.toString('latin1'))}: ${answer.slice(0, 500)}`);
      }
    });
  }, 600_000);

  test('leave it as it was: objects are written and read', async () => {
    const asked = { method: 'PUT', path: '/data/after', query: {}, headers: {}, body: Buffer.from('all') };
    expect((await send(asked)).status).toBe(200);
    expect(await send({ ...asked, method: 'GET', body: Buffer.alloc(0) })).toEqual({ status: 200, text: 'all' });
  });
});
