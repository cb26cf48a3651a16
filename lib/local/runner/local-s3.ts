import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { type AccessKey, accessKeyOfToken, randomSecret } from '../listener/access-key';
import type { BodyCheck } from '../listener/guard';
import { HttpListener, type WordRefusal } from '../listener/http-listener';
import { RefusedRequest } from '../listener/refused-request';
import { refuseBrokenChunks } from './aws-chunks';
import { MAX_OBJECT_BYTES, refuseLargerBodies } from './body-limit';
import { LOCAL_ACCOUNT, LOCAL_CLIENT } from './local-account';
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
  /** What clients sign their requests with. */
  readonly credentials: AccessKey;
  /** What sessions sign theirs with. It opens nothing but this S3. */
  readonly sessionKey: AccessKey;
  /** What it holds, without a request between. */
  readonly storage: ObjectStorage;
  stop(): Promise<void>;
}

/** Told of every object that has been written. */
export type PutListener = (bucket: string, key: string) => void;

export interface LocalS3Options {
  readonly onPut?: PutListener;
  /** Default: one in memory. */
  readonly storage?: ObjectStorage;
  /** The secret of clients' access keys. Default: a random one. */
  readonly token?: string;
  /** Whether requests are served without a signature. Default: no. */
  readonly isOpen?: boolean;
  /** How long a body may stand still, in milliseconds. Default: 30,000. */
  readonly idleBodyMs?: number;
  /** For drills: how it fails. Default: it does not. */
  readonly faults?: S3FaultOptions;
}

const SESSION_KEY_ID = 'AGENTCORELOCALSESSION';

type Fauxqs = typeof import('fauxqs', { with: { 'resolution-mode': 'import' }});
type App = ReturnType<Fauxqs['buildApp']>;
type Stores = NonNullable<NonNullable<Parameters<Fauxqs['buildApp']>[0]>['stores']>;

/**
 * An S3 on a free loopback port: the protocol is that of the npm package fauxqs, with what it lacks: conditional writes,
 * and objects larger than 11 MiB. What it holds is in a storage of our own, by default in memory.
 */
export async function startLocalS3(options: LocalS3Options = {}): Promise<LocalS3> {
  const {
    onPut,
    storage = ObjectStorage.inMemory(),
    token = randomSecret(),
    isOpen = false,
    idleBodyMs,
    faults,
  } = options;
  const credentials = accessKeyOfToken(token);
  const sessionKey = { accessKeyId: SESSION_KEY_ID, secretAccessKey: randomSecret() };
  // Published as ES modules only.
  const { buildApp } = await import('fauxqs');
  const app = buildApp({ logger: false, stores: { s3Store: new FauxqsStore(storage) } as unknown as Stores });
  answerStorageErrors(app);
  if (faults) {
    injectS3Faults(app, faults);
  }
  acceptAnyBody(app);
  const bodyChecks = checkBodies(app);
  refuseLargerBodies(app);
  refuseOtherServices(app);
  refuseBrokenChunks(app);
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
  await app.ready();
  const listener = await HttpListener.listen({
    access: { ...(isOpen ? {} : { keys: [credentials, sessionKey] }), formTypesIfSigned: true },
    wordRefusal,
    service: {
      serveUnread: (request, response, checkBody) => {
        bodyChecks.set(request, checkBody);
        app.routing(request, response);
      },
    },
    // An object of 5 GB may take its time; not one that stands still.
    requestMs: 0,
    idleBodyMs,
  });
  const { endpoint } = listener;
  const client = new S3Client({
    ...LOCAL_CLIENT,
    endpoint,
    region: LOCAL_ACCOUNT.region,
    credentials,
    forcePathStyle: true,
  });
  return {
    endpoint,
    client,
    credentials,
    sessionKey,
    storage,
    stop: async () => {
      client.destroy();
      await listener.close();
      await app.close();
      storage.close();
    },
  };
}

/** What the listener refuses, as S3 says it. */
const wordRefusal: WordRefusal = ({ code, status, message }) => ({
  headers: { 'content-type': 'application/xml' },
  body: new StorageError(code, status, message).toXml(),
});

/** Compares bodies with the digests that their requests are signed with. */
function checkBodies(app: App): WeakMap<IncomingMessage, BodyCheck> {
  const checks = new WeakMap<IncomingMessage, BodyCheck>();
  app.addHook('preHandler', async (request) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    request.body = body;
    await checks.get(request.raw)?.(body);
  });
  return checks;
}

/** The package has queues and topics as well, and a listing of them; and takes forms as uploads. Nobody needs those here. */
function refuseOtherServices(app: App): void {
  app.addHook('onRequest', async ({ method, routeOptions, headers }) => {
    const { url = '' } = routeOptions;
    const isOfS3 = url.startsWith('/:bucket') || (url === '/' && method === 'GET');
    if (!isOfS3 || (method === 'POST' && /^multipart\/form-data/i.test(headers['content-type'] ?? ''))) {
      throw new StorageError('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.');
    }
  });
}

function objectOf(params: unknown): { bucket?: string; key?: string } {
  const { bucket, '*': key } = params as { bucket?: string; '*'?: string };
  return { bucket, key };
}

function answerStorageErrors(app: App): void {
  app.setErrorHandler((error, _request, reply) => {
    const known = toStorageError(error);
    return reply.code(known.statusCode).type('application/xml').send(known.toXml());
  });
}

/** Everything is answered as S3 does, also what is wrong with a request before it is one of S3, and what goes wrong here. */
function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) {
    return error;
  }
  if (error instanceof RefusedRequest) {
    return new StorageError(error.code, error.status, error.message);
  }
  if (error instanceof URIError) {
    return new StorageError('InvalidArgument', 400, 'A name in the request is not encoded as UTF-8');
  }
  const { statusCode = 500, message } = error as Error & { statusCode?: number };
  return statusCode < 500
    ? new StorageError('InvalidRequest', statusCode, message)
    : new StorageError('InternalError', 500, 'The local S3 failed');
}

/**
 * Any body is bytes, of any content type, also an empty one. The package caps bodies at what multipart parts need, and
 * parses those of its other services; a parser of one's own has a limit of its own.
 */
function acceptAnyBody(app: App): void {
  app.removeContentTypeParser(['*', 'application/x-www-form-urlencoded', 'application/x-amz-json-1.0']);
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_OBJECT_BYTES }, (_request, body, done) => {
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
