import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import { ObjectStorage } from '../../../lib/local/runner/storage/object-storage';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';
import { presigned } from '../../support/presigned';
import { signalProcess } from '../../support/process-tree';

const BUCKET = 'data';
const LARGE = Buffer.alloc(3_000_000, 'line\n');

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) {
    collected.push(value);
  }
  return collected;
}

describe.each(['in memory', 'in a folder'])('the local S3 with its objects %s', (where) => {
  let folder: string;
  let s3: LocalS3;
  let store: ObjectStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'object-storage-'));
    const storage = where === 'in memory' ? ObjectStorage.inMemory() : ObjectStorage.inFolder(join(folder, 's3'));
    s3 = await startLocalS3({ storage });
    await s3.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    store = new ObjectStore(BUCKET, s3.client);
  });

  afterEach(async () => {
    await s3.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('lists thousands of keys page by page in the order of their bytes, and loses none', async () => {
    const keys = Array.from({ length: 1250 }, (_, index) => [`b${index}`, `B${index}`, `é${index}.csv`, `_${index}`]);
    const sorted = keys.flat().sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const key of keys.flat()) {
      s3.storage.put(BUCKET, key, Buffer.from('x'));
    }
    expect((await collect(store.list(''))).map(({ key }) => key)).toEqual(sorted);
    expect((await store.listPage('b', 'b1249')).slice(0, 2).map(({ key }) => key)).toEqual(['b125', 'b126']);
  });

  test('lists folders as common prefixes', async () => {
    for (const key of ['a/1', 'a/2', 'b', 'c/d/1']) {
      await store.put(key, 'x', 'text/plain');
    }
    const { CommonPrefixes, Contents } = await s3.client.send(
      new ListObjectsV2Command({ Bucket: BUCKET, Delimiter: '/' }),
    );
    expect(CommonPrefixes).toEqual([{ Prefix: 'a/' }, { Prefix: 'c/' }]);
    expect(Contents?.map(({ Key }) => Key)).toEqual(['b']);
  });

  test('gives back small and large contents, whole and in parts, and forgets what was deleted', async () => {
    for (const [key, body] of [
      ['small', Buffer.from('0123456789')],
      ['large', LARGE],
    ] as const) {
      await store.put(key, body, 'text/plain');
      expect(Buffer.from(await store.bytes(key)).equals(body)).toBe(true);
      const part = new GetObjectCommand({ Bucket: BUCKET, Key: key, Range: 'bytes=3-7' });
      const { Body, ContentRange } = await s3.client.send(part);
      expect(await Body?.transformToString()).toBe(body.toString('utf8', 3, 8));
      expect(ContentRange).toBe(`bytes 3-7/${body.length}`);
      await s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
      expect(await store.stat(key)).toBeUndefined();
    }
  });

  test('puts an upload in parts together', async () => {
    const target = { Bucket: BUCKET, Key: 'parts.bin' };
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(target));
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the end')];
    const Parts = [];
    for (const [index, Body] of bodies.entries()) {
      const PartNumber = index + 1;
      const { ETag } = await s3.client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    await s3.client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    expect(Buffer.from(await store.bytes('parts.bin')).equals(Buffer.concat(bodies))).toBe(true);
  });

  test('reads files that it refers to, and never writes to them', async () => {
    const source = join(folder, 'large.csv');
    await writeFile(source, LARGE);
    s3.storage.refer(BUCKET, [{ key: 'incoming/large.csv', source }]);
    expect(await store.stat('incoming/large.csv')).toEqual({ key: 'incoming/large.csv', bytes: LARGE.length });
    expect(Buffer.from(await store.bytes('incoming/large.csv')).equals(LARGE)).toBe(true);
    await store.put('incoming/large.csv', 'overwritten', 'text/plain');
    expect(await store.text('incoming/large.csv')).toBe('overwritten');
    expect((await readFile(source)).equals(LARGE)).toBe(true);
  });

  test.each([
    ['shrunk', 2_000_000],
    ['grown', 4_000_000],
    ['become small', 10],
  ])('reads a large file that it refers to as it is now, when it has %s', async (_, bytes) => {
    const source = join(folder, 'large.csv');
    await writeFile(source, LARGE);
    s3.storage.refer(BUCKET, [{ key: 'large', source }]);
    await writeFile(source, Buffer.alloc(bytes, 'new\n'));
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'large' }));
    expect(head.ContentLength).toBe(bytes);
    expect(Buffer.from(await store.bytes('large')).equals(await readFile(source))).toBe(true);
    await rm(source);
    await expect(store.bytes('large')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('knows which of the files that it refers to have changed, and which are gone', async () => {
    const names = ['same', 'changed', 'gone'];
    const sources = names.map((name) => ({ key: `in/${name}`, source: join(folder, name) }));
    await Promise.all(sources.map(({ source }) => writeFile(source, 'x')));
    s3.storage.refer(BUCKET, sources);
    await utimes(join(folder, 'changed'), new Date(0), new Date(0));
    await rm(join(folder, 'gone'));
    expect(s3.storage.changed(BUCKET, 'in/')).toEqual([
      { key: 'in/changed', gone: false },
      { key: 'in/gone', gone: true },
    ]);
    await expect(store.bytes('in/gone')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test.each([
    ['a bucket that does not exist', { Bucket: 'nowhere', Key: 'x', Body: 'x' }, 'NoSuchBucket'],
    ['a name that no bucket may have', { Bucket: 'Data_', Key: 'x', Body: 'x' }, 'NoSuchBucket'],
  ])('refuses to write into %s, as S3 does', async (_, input, name) => {
    await expect(s3.client.send(new PutObjectCommand(input))).rejects.toMatchObject({ name });
  });

  test('a key with dots in it is a key, not a way out of the folder', async () => {
    const path = `/${BUCKET}/${encodeURIComponent('../../../escaped')}`;
    const written = await fetch(await presigned(s3, 'PUT', path), { method: 'PUT', body: LARGE });
    expect(written.status).toBe(200);
    expect(s3.storage.read(BUCKET, '../../../escaped').equals(LARGE)).toBe(true);
    expect(await readdir(folder)).toEqual(where === 'in memory' ? [] : ['s3']);
  });
});

describe('a storage in a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'object-storage-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('holds the next time what it held, and still refuses to write twice what is to be written once', async () => {
    const first = await startLocalS3({ storage: ObjectStorage.inFolder(folder) });
    await first.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await new ObjectStore(BUCKET, first.client).putOnce('once', 'first', 'text/plain');
    first.storage.put(BUCKET, 'large', LARGE);
    await first.stop();

    const second = await startLocalS3({ storage: ObjectStorage.inFolder(folder) });
    const store = new ObjectStore(BUCKET, second.client);
    expect(await store.putOnce('once', 'second', 'text/plain')).toBe(false);
    expect(await store.text('once')).toBe('first');
    expect(Buffer.from(await store.bytes('large')).equals(LARGE)).toBe(true);
    await second.stop();
  });

  test('takes no more room than what is in it', async () => {
    const storage = ObjectStorage.inFolder(folder);
    storage.table.addBucket(BUCKET);
    for (let round = 0; round < 3; round++) {
      storage.put(BUCKET, 'large', LARGE);
    }
    expect(await readdir(join(folder, 'objects'))).toHaveLength(1);
    storage.remove(BUCKET, 'large');
    expect(await readdir(join(folder, 'objects'))).toEqual([]);
    storage.close();
  });

  test('is open in one process at a time', () => {
    const storage = ObjectStorage.inFolder(folder);
    expect(() => ObjectStorage.inFolder(folder)).toThrow(`${join(folder, 'objects.db')} is in use by another process`);
    storage.close();
    ObjectStorage.inFolder(folder).close();
  });

  test('holds, after its process was killed, everything that was written, and no half of anything', async () => {
    const writer = spawn(process.execPath, [require.resolve('tsx/cli'), join(__dirname, 'storage-writer.ts'), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = 0;
    for await (const chunk of writer.stdout) {
      told += String(chunk).split('\n').length - 1;
      if (told > 200) {
        signalProcess(Number(await readFile(join(folder, 'pid'), 'utf8')), 'SIGKILL');
        break;
      }
    }
    await once(writer, 'exit');
    const storage = ObjectStorage.inFolder(folder);
    const objects = storage.table.list(BUCKET, '');
    expect(objects.length).toBeGreaterThanOrEqual(told);
    for (const { key, bytes } of objects) {
      expect(storage.read(BUCKET, key)).toHaveLength(bytes);
    }
    const large = objects.filter(({ bytes }) => bytes > 256 * 1024);
    expect(await readdir(join(folder, 'objects'))).toHaveLength(large.length);
    storage.close();
  });
});
