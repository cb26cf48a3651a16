import { randomBytes } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import type { S3FaultRule } from '../../../lib/local/runner/s3-faults';
import { ObjectStorage } from '../../../lib/local/runner/storage/object-storage';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';
import { S3_MAX_ATTEMPTS } from '../../../lib/runtime/staging/s3-retry';

const BUCKET = 'staging';
const LARGE = randomBytes(3_000_000);
const LINES = Array.from({ length: 20_000 }, (_, index) => JSON.stringify({ index })).join('\n');

/** What a Lambda of ours does with S3, and what has to come of it. */
const OPERATIONS: readonly { name: string; run: (store: ObjectStore) => Promise<unknown>; expected: unknown }[] = [
  { name: 'reads a small object', run: (store) => store.text('small'), expected: 'content' },
  { name: 'reads an empty object', run: (store) => store.text('empty'), expected: '' },
  { name: 'reads a large object', run: async (store) => LARGE.equals(await store.bytes('large')), expected: true },
  { name: 'reads lines', run: countLines, expected: 20_000 },
  { name: 'reads JSON', run: (store) => store.findJson('json'), expected: { a: 1 } },
  {
    name: 'lists',
    run: (store) => store.listPage('', 'large'),
    expected: [
      { key: 'lines', bytes: LINES.length },
      { key: 'small', bytes: 7 },
    ],
  },
  { name: 'finds', run: (store) => store.stat('small'), expected: { key: 'small', bytes: 7 } },
  {
    name: 'writes',
    run: async (store) => [await store.put('new', 'x', 'text/plain'), await store.text('new')],
    expected: [undefined, 'x'],
  },
  { name: 'writes by streaming', run: writeStreamed, expected: 300_000 },
  {
    name: 'deletes',
    run: async (store) => [await store.delete('small'), await store.stat('small')],
    expected: [undefined, undefined],
  },
];

async function countLines(store: ObjectStore): Promise<number> {
  let next = 0;
  for await (const { index } of store.jsonLines<{ index: number }>('lines')) {
    expect(index).toBe(next);
    next += 1;
  }
  return next;
}

async function writeStreamed(store: ObjectStore): Promise<number> {
  await store.putStreamed('streamed', 'text/plain', async (out) => {
    for (let piece = 0; piece < 300; piece++) {
      await out('y'.repeat(1_000));
    }
  });
  return (await store.text('streamed')).length;
}

const FAULTS: readonly S3FaultRule[] = [
  { kind: 'slowDown', times: 2 },
  { kind: 'reset', times: 2 },
  { kind: 'lostAnswer', times: 2 },
  { kind: 'cutBody', times: 2 },
];

describe('a store whose S3 fails for a moment', () => {
  let s3: LocalS3;
  const clients: S3Client[] = [];

  async function storeWith(rules: readonly S3FaultRule[], maxAttempts = S3_MAX_ATTEMPTS): Promise<ObjectStore> {
    const storage = ObjectStorage.inMemory();
    storage.table.addBucket(BUCKET);
    const contents = { small: 'content', empty: '', json: '{"a":1}', lines: LINES };
    for (const [key, content] of Object.entries(contents)) {
      storage.put(BUCKET, key, Buffer.from(content));
    }
    storage.put(BUCKET, 'large', LARGE);
    s3 = await startLocalS3({ storage, faults: { rules, seed: 1 } });
    const client = new S3Client({
      endpoint: s3.endpoint,
      region: 'us-east-1',
      credentials: s3.client.config.credentials,
      forcePathStyle: true,
      maxAttempts,
    });
    clients.push(client);
    return new ObjectStore(BUCKET, client);
  }

  afterEach(async () => {
    for (const client of clients.splice(0)) {
      client.destroy();
    }
    await s3.stop();
  });

  describe.each(FAULTS)('with $kind', (fault) => {
    test.each(OPERATIONS)('$name', async ({ run, expected }) => {
      const store = await storeWith([fault]);
      await expect(run(store)).resolves.toEqual(expected);
    });
  });

  test('writes once where another writer is at it', async () => {
    const store = await storeWith([{ kind: 'conflict', times: 2 }]);
    await expect(store.putOnce('once', 'first', 'text/plain')).resolves.toBe(true);
    await expect(store.putOnce('once', 'second', 'text/plain')).resolves.toBe(false);
    await expect(store.text('once')).resolves.toBe('first');
  });

  test('gives up on an S3 that stays away, with its error', async () => {
    const store = await storeWith([{ kind: 'slowDown' }], 2);
    await expect(store.text('small')).rejects.toMatchObject({ name: 'SlowDown' });
  });

  test('fails when an object changes while it is read in pieces, and never mixes two versions', async () => {
    const store = await storeWith([{ kind: 'cutBody', times: 1 }]);
    const body = await store.open('large');
    s3.storage.put(BUCKET, 'large', randomBytes(LARGE.length));
    await expect(body.resume().toArray()).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});
