import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';

describe('the local S3', () => {
  const written: string[] = [];
  let s3: LocalS3;
  let store: ObjectStore;

  beforeAll(async () => {
    s3 = await startLocalS3({ onPut: (bucket, key) => written.push(`${bucket}/${key}`) });
    await s3.client.send(new CreateBucketCommand({ Bucket: 'data' }));
    store = new ObjectStore('data', s3.client);
  });

  afterAll(() => s3.stop());

  test('listens on loopback only', () => {
    expect(s3.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('keeps the first of two conditional writes', async () => {
    expect(await store.putOnce('once.txt', 'first', 'text/plain')).toBe(true);
    expect(await store.putOnce('once.txt', 'second', 'text/plain')).toBe(false);
    expect(await store.text('once.txt')).toBe('first');
  });

  test('lets exactly one of many conditional writers at once succeed', async () => {
    const writers = Array.from({ length: 20 }, (_, index) =>
      store.putOnce('race.txt', `writer ${index}`, 'text/plain'),
    );
    const outcomes = await Promise.all(writers);
    expect(outcomes.filter((won) => won)).toHaveLength(1);
    expect(await store.text('race.txt')).toBe(`writer ${outcomes.indexOf(true)}`);
  });

  test('refuses what it would not keep whole, as S3 refuses what is too large', async () => {
    const piece = Buffer.alloc(2 ** 24);
    const command = new PutObjectCommand({ Bucket: 'data', Key: 'too-large.bin' });
    const asked = request(await getSignedUrl(s3.client, command), {
      method: 'PUT',
      headers: { 'content-length': 128 * piece.length, connection: 'close' },
    });
    const answered = once(asked, 'response');
    await pipeline(Readable.from(Array(128).fill(piece)), asked);
    const [response] = (await answered) as [IncomingMessage];
    expect(response.statusCode).toBe(400);
    expect(await text(response)).toContain(
      '<Code>EntityTooLarge</Code><Message>The local S3 takes objects of at most 2147483647 bytes in one request',
    );
    expect(await store.stat('too-large.bin')).toBeUndefined();
  });

  test('takes objects that are larger than one part of a multipart upload', async () => {
    const large = Buffer.alloc(20 * 1024 * 1024, 'x');
    await store.put('large.bin', large, 'application/octet-stream');
    expect(await store.stat('large.bin')).toEqual({ key: 'large.bin', bytes: large.length });
  });

  test('streams an object of unknown length, and lists objects by key', async () => {
    await store.putStreamed('lines/b.jsonl', 'application/jsonl', async (out) => {
      for (let line = 0; line < 3; line++) {
        await out(`${JSON.stringify({ line })}\n`);
      }
    });
    await store.put('lines/a.jsonl', '{}', 'application/jsonl');
    const keys = [];
    for await (const { key } of store.list('lines/')) {
      keys.push(key);
    }
    const lines = [];
    for await (const line of store.jsonLines('lines/b.jsonl')) {
      lines.push(line);
    }
    expect(keys).toEqual(['lines/a.jsonl', 'lines/b.jsonl']);
    expect(lines).toEqual([{ line: 0 }, { line: 1 }, { line: 2 }]);
  });

  test('finds nothing where there is nothing', async () => {
    expect(await store.stat('missing')).toBeUndefined();
    expect(await store.findJson('missing.json')).toBeUndefined();
  });

  test('tells of every object that was written', async () => {
    await store.put('told/a b.txt', 'x', 'text/plain');
    expect(written).toContain('data/told/a b.txt');
  });
});
