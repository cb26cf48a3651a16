import { Readable } from 'node:stream';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { backOff, isTransientS3Error, S3_MAX_ATTEMPTS } from './s3-retry';

/** One object, at the version that the first answer was of. */
interface Source {
  readonly bucket: string;
  readonly key: string;
  etag?: string;
}

/**
 * The content of an object, piece by piece. An answer that breaks off is continued where it ended, with a range request for
 * the same version (`If-Match`): what the reader gets is one object, whole, or an error.
 */
export async function openObject(client: S3Client, bucket: string, key: string): Promise<Readable> {
  const source: Source = { bucket, key };
  // The first answer comes before the first read, so that a missing object fails here.
  const first = await request(client, source, 0);
  return Readable.from(pieces(client, source, first), { objectMode: false });
}

async function* pieces(client: S3Client, source: Source, first: Answer): AsyncGenerator<Uint8Array> {
  let answer = first;
  let received = 0;
  for (let failures = 0; ; ) {
    try {
      for await (const piece of answer.body) {
        failures = 0;
        received += (piece as Uint8Array).length;
        yield piece as Uint8Array;
      }
      if (received >= first.bytes) {
        return;
      }
      throw new Error(`the answer ended after ${received} of ${first.bytes} bytes`);
    } catch (error) {
      failures += 1;
      if (failures >= S3_MAX_ATTEMPTS || !isTransientS3Error(error)) {
        throw error;
      }
      await backOff(failures);
      answer = await request(client, source, received);
    }
  }
}

interface Answer {
  readonly body: Readable;
  /** Of the answer to the first request: the object's size. */
  readonly bytes: number;
}

async function request(client: S3Client, source: Source, from: number): Promise<Answer> {
  const { Body, ContentLength, ETag } = await client.send(
    new GetObjectCommand({
      Bucket: source.bucket,
      Key: source.key,
      ...(from === 0 ? {} : { Range: `bytes=${from}-`, IfMatch: source.etag }),
    }),
  );
  source.etag ??= ETag;
  // A Readable of Node.js, since this does not run in a browser.
  return { body: Body as Readable, bytes: ContentLength ?? 0 };
}
