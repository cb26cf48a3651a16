import { S3Client } from '@aws-sdk/client-s3';
import { LARGEST_PUT_BYTES, refuseLargerBodies } from './body-limit';
import { NOBODY } from './local-account';

export interface LocalS3 {
  /** With an IP address as host, so that SDKs address buckets by path. */
  readonly endpoint: string;
  readonly client: S3Client;
  stop(): Promise<void>;
}

/** Told of every object that has been written. */
export type PutListener = (bucket: string, key: string) => void;

type App = ReturnType<typeof import('fauxqs', { with: { 'resolution-mode': 'import' }})['buildApp']>;

/**
 * An S3 in memory on a free loopback port, from the npm package fauxqs, with what it lacks: conditional writes, and
 * objects larger than 11 MiB.
 */
export async function startLocalS3(onPut?: PutListener): Promise<LocalS3> {
  // Published as ES modules only.
  const { buildApp } = await import('fauxqs');
  const app = buildApp({ logger: false });
  acceptLargeBodies(app);
  refuseLargerBodies(app);
  refuseOverwriting(app);
  if (onPut) {
    app.addHook('onResponse', async (request, reply) => {
      if (request.method === 'PUT' && reply.statusCode === 200) {
        const { bucket, '*': key } = request.params as { bucket?: string; '*'?: string };
        if (bucket && key) {
          onPut(bucket, key);
        }
      }
    });
  }
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const client = new S3Client({ endpoint: address, region: NOBODY.region, credentials: NOBODY, forcePathStyle: true });
  return {
    endpoint: address,
    client,
    stop: async () => {
      client.destroy();
      await app.close();
    },
  };
}

/** The package caps bodies at what multipart parts need; a parser of one's own has a limit of its own. */
function acceptLargeBodies(app: App): void {
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: LARGEST_PUT_BYTES }, (_request, body, done) => {
    done(null, body);
  });
}

/** `If-None-Match: *` on a PUT: S3 answers 412 if the object exists. */
function refuseOverwriting(app: App): void {
  const beingWritten = new Set<string>();
  app.addHook('preHandler', async (request, reply) => {
    if (request.method !== 'PUT' || request.headers['if-none-match'] !== '*') {
      return;
    }
    const taken = beingWritten.has(request.url);
    // Held until the response is out: two writers at once must not both find the object missing.
    if (!taken) {
      beingWritten.add(request.url);
      reply.raw.once('close', () => beingWritten.delete(request.url));
    }
    const object = new URL(request.url.split('?')[0] ?? '', `http://127.0.0.1:${request.socket.localPort}`);
    if (taken || (await fetch(object, { method: 'HEAD' })).ok) {
      reply.code(412).type('application/xml');
      return reply.send(
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>PreconditionFailed</Code>' +
          '<Message>At least one of the pre-conditions you specified did not hold</Message></Error>',
      );
    }
  });
}
