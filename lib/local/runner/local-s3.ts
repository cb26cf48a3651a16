import { createReadStream } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { LARGEST_PUT_BYTES, refuseLargerBodies } from './body-limit';
import { LOCAL_CLIENT, NOBODY } from './local-account';
import { injectS3Faults, type S3FaultOptions } from './s3-faults';
import { FauxqsStore } from './storage/fauxqs-store';
import { ObjectStorage } from './storage/object-storage';
import { StorageError } from './storage/storage-error';

/** What is in a file and larger than this is streamed from it. */
const STREAMED_BYTES = 1024 * 1024;

export interface LocalS3 {
  /** With an IP address as host, so that SDKs address buckets by path. */
  readonly endpoint: string;
  readonly client: S3Client;
  /** What it holds, without a request between. */
  readonly storage: ObjectStorage;
  stop(): Promise<void>;
}

/** Told of every object that has been written. */
export type PutListener = (bucket: string, key: string) => void;

type Fauxqs = typeof import('fauxqs', { with: { 'resolution-mode': 'import' }});
type App = ReturnType<Fauxqs['buildApp']>;
type Stores = NonNullable<NonNullable<Parameters<Fauxqs['buildApp']>[0]>['stores']>;

/**
 * An S3 on a free loopback port: the protocol is that of the npm package fauxqs, with what it lacks: conditional writes,
 * and objects larger than 11 MiB. What it holds is in a storage of our own, by default in memory.
 */
export async function startLocalS3(
  onPut?: PutListener,
  storage = ObjectStorage.inMemory(),
  faults?: S3FaultOptions,
): Promise<LocalS3> {
  // Published as ES modules only.
  const { buildApp } = await import('fauxqs');
  const app = buildApp({ logger: false, stores: { s3Store: new FauxqsStore(storage) } as unknown as Stores });
  answerStorageErrors(app);
  if (faults) {
    injectS3Faults(app, faults);
  }
  acceptLargeBodies(app);
  refuseLargerBodies(app);
  refuseOverwriting(app, storage);
  streamFiles(app, storage);
  if (onPut) {
    app.addHook('onResponse', async (request, reply) => {
      if (request.method === 'PUT' && reply.statusCode === 200) {
        const { bucket, key } = objectOf(request.params);
        if (bucket && key) {
          onPut(bucket, key);
        }
      }
    });
  }
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = new S3Client({
    ...LOCAL_CLIENT,
    endpoint: address,
    region: NOBODY.region,
    credentials: NOBODY,
    forcePathStyle: true,
  });
  return {
    endpoint: address,
    client,
    storage,
    stop: async () => {
      client.destroy();
      await app.close();
      storage.close();
    },
  };
}

function objectOf(params: unknown): { bucket?: string; key?: string } {
  const { bucket, '*': key } = params as { bucket?: string; '*'?: string };
  return { bucket, key };
}

function answerStorageErrors(app: App): void {
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof StorageError)) {
      throw error;
    }
    return reply.code(error.statusCode).type('application/xml').send(error.toXml());
  });
}

/** The package caps bodies at what multipart parts need; a parser of one's own has a limit of its own. */
function acceptLargeBodies(app: App): void {
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_PUT_BYTES }, (_request, body, done) => {
    done(null, body);
  });
}

/** `If-None-Match: *` on a PUT: S3 answers 412 if the object exists. */
function refuseOverwriting(app: App, storage: ObjectStorage): void {
  const beingWritten = new Set<string>();
  app.addHook('preHandler', async (request, reply) => {
    const { bucket, key } = objectOf(request.params);
    if (request.method !== 'PUT' || request.headers['if-none-match'] !== '*' || !bucket || !key) {
      return;
    }
    const name = `${bucket}/${key}`;
    if (beingWritten.has(name) || storage.has(bucket, key)) {
      const message = 'At least one of the pre-conditions you specified did not hold';
      throw new StorageError('PreconditionFailed', 412, message);
    }
    // Held until the response is out: two writers at once must not both find the object missing.
    beingWritten.add(name);
    reply.raw.once('close', () => beingWritten.delete(name));
  });
}

/** A GET of what is in a large file, with at most one range: the package would read it as a whole. */
function streamFiles(app: App, storage: ObjectStorage): void {
  app.addHook('preHandler', async (request, reply) => {
    const { bucket, key } = objectOf(request.params);
    const conditional = Object.keys(request.headers).some((name) => name.startsWith('if-'));
    if (request.method !== 'GET' || !bucket || !key || conditional || 'partNumber' in (request.query as object)) {
      return;
    }
    const path = storage.pathOf(bucket, key);
    const facts = path === undefined ? undefined : storage.facts(bucket, key);
    const range = rangeOf(request.headers.range, facts?.bytes ?? 0);
    if (path === undefined || !facts || facts.bytes <= STREAMED_BYTES || !range) {
      return;
    }
    const { start, end } = range;
    if (request.headers.range !== undefined) {
      reply.code(206).header('content-range', `bytes ${start}-${end}/${facts.bytes}`);
    }
    return reply
      .headers({ etag: facts.etag, 'last-modified': facts.lastModified.toUTCString(), 'accept-ranges': 'bytes' })
      .header('content-length', end - start + 1)
      .type(facts.contentType)
      .send(createReadStream(path, { start, end }));
  });
}

/** The bytes that are asked for; nothing for a form that is left to the package. */
function rangeOf(header: string | undefined, bytes: number): { start: number; end: number } | undefined {
  if (header === undefined) {
    return { start: 0, end: bytes - 1 };
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header) ?? [];
  const start = Number(first);
  return first === undefined || start >= bytes
    ? undefined
    : { start, end: last ? Math.min(Number(last), bytes - 1) : bytes - 1 };
}
