import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { parseExactly } from '../exact-json';
import { nameOf } from '../named-error';
import { openObject } from './object-body';
import { S3_MAX_ATTEMPTS, withS3Retries } from './s3-retry';

/** A connection on which nothing moves breaks, so that it can be retried, instead of waiting for Lambda's time limit. */
const TIMEOUTS = { connectionTimeout: 10_000, socketTimeout: 60_000 };

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/**
 * One S3 bucket: what the handlers need of it. Errors that pass (503, broken connections, conflicts of conditional writes)
 * are retried in every operation, also while a body is on its way.
 */
export class ObjectStore {
  constructor(
    readonly bucket: string,
    private readonly client: S3Client = new S3Client({ maxAttempts: S3_MAX_ATTEMPTS, requestHandler: TIMEOUTS }),
  ) {}

  /** Another bucket, over the same connections. */
  forBucket(bucket: string): ObjectStore {
    return new ObjectStore(bucket, this.client);
  }

  /** Objects under a prefix, in the order of their keys (UTF-8), page by page. */
  async *list(prefix: string): AsyncGenerator<StoredObject> {
    for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket, Prefix: prefix })) {
      for (const object of page.Contents ?? []) {
        yield { key: object.Key as string, bytes: object.Size ?? 0 };
      }
    }
  }

  /** Up to a thousand objects under a prefix, from the first whose key comes after another (which need not exist). */
  async listPage(prefix: string, after: string): Promise<StoredObject[]> {
    const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, StartAfter: after });
    const { Contents = [] } = await this.client.send(command);
    return Contents.map((object) => ({ key: object.Key as string, bytes: object.Size ?? 0 }));
  }

  /**
   * The object's size, or nothing if there is no such object. By listing it: whoever may only list a prefix, as these Lambdas
   * may, gets "access denied" for a missing object.
   */
  async stat(key: string): Promise<StoredObject | undefined> {
    const page = await this.client.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: key, MaxKeys: 1 }));
    const [first] = page.Contents ?? [];
    return first?.Key === key ? { key, bytes: first.Size ?? 0 } : undefined;
  }

  async bytes(key: string): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of await this.open(key)) {
      pieces.push(piece as Uint8Array);
    }
    return Buffer.concat(pieces);
  }

  async text(key: string): Promise<string> {
    return Buffer.from(await this.bytes(key)).toString('utf8');
  }

  /** The JSON in an object, or nothing if there is no such object. */
  async findJson<T>(key: string): Promise<T | undefined> {
    const text = await this.findText(key);
    return text === undefined ? undefined : parseExactly<T>(text);
  }

  /** The text in an object, or nothing if there is no such object. */
  async findText(key: string): Promise<string | undefined> {
    try {
      return await this.text(key);
    } catch (error) {
      if (isMissing(error) || (nameOf(error) === 'AccessDenied' && !(await this.stat(key)))) {
        return undefined;
      }
      throw error;
    }
  }

  /** The content of an object, piece by piece. */
  async open(key: string): Promise<Readable> {
    return openObject(this.client, this.bucket, key);
  }

  /** The objects of a JSON Lines file, without holding the file. */
  async *jsonLines<T>(key: string, parse: (line: string) => T = parseExactly): AsyncGenerator<T> {
    for await (const line of createInterface({ input: await this.open(key), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== '') {
        yield parse(line);
      }
    }
  }

  async put(key: string, body: string | Uint8Array, contentType: string): Promise<void> {
    await this.client.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: contentType }),
    );
  }

  /** Writes an object unless it exists; false if it does, be it from an attempt of this call whose answer was lost. */
  async putOnce(key: string, body: string | Uint8Array, contentType: string): Promise<boolean> {
    const command = () =>
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: contentType, IfNoneMatch: '*' });
    try {
      await withS3Retries(() => this.client.send(command()));
      return true;
    } catch (error) {
      if (nameOf(error) === 'PreconditionFailed') {
        return false;
      }
      throw error;
    }
  }

  /** Writes an object of any size piece by piece, by way of a temporary file. */
  async putStreamed(key: string, contentType: string, produce: (out: Output) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'object-'));
    try {
      const path = join(folder, 'body');
      await writeFile(path, produce);
      const { size } = await stat(path);
      await withS3Retries(() =>
        this.client.send(
          new PutObjectCommand({
            Bucket: this.bucket,
            Key: key,
            Body: createReadStream(path),
            ContentLength: size,
            ContentType: contentType,
          }),
        ),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async delete(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  /** A URL that reads exactly this object until it expires. */
  async urlToGet(key: string, seconds: number): Promise<string> {
    return getSignedUrl(signer(), new GetObjectCommand({ Bucket: this.bucket, Key: key }), { expiresIn: seconds });
  }

  /** A URL that writes exactly this object until it expires. */
  async urlToPut(key: string, seconds: number): Promise<string> {
    return getSignedUrl(signer(), new PutObjectCommand({ Bucket: this.bucket, Key: key }), { expiresIn: seconds });
  }

  /**
   * A URL that writes exactly this object, with this content: S3 refuses any other. The headers must be sent with it.
   *
   * @param sha256 of the content, in hexadecimal digits
   */
  async urlToPutExactly(
    key: string,
    content: { readonly sha256: string; readonly contentType: string },
    seconds: number,
  ): Promise<{ url: string; headers: Record<string, string> }> {
    const checksum = Buffer.from(content.sha256, 'hex').toString('base64');
    const command = new PutObjectCommand({
      Bucket: this.bucket,
      Key: key,
      ChecksumSHA256: checksum,
      ContentType: content.contentType,
    });
    const url = await getSignedUrl(signer(), command, {
      expiresIn: seconds,
      signableHeaders: new Set(['host', 'content-type', CHECKSUM_HEADER]),
      unhoistableHeaders: new Set([CHECKSUM_HEADER]),
    });
    return { url, headers: { [CHECKSUM_HEADER]: checksum, 'content-type': content.contentType } };
  }
}

const CHECKSUM_HEADER = 'x-amz-checksum-sha256';

/** Whoever uses a presigned URL does not know the SDK's checksum headers, so they must not be part of it. */
function signer(): S3Client {
  return new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
}

/** Takes the pieces of a body, in order. */
export type Output = (chunk: string) => Promise<void>;

async function writeFile(path: string, produce: (out: Output) => Promise<void>): Promise<void> {
  const file = createWriteStream(path);
  try {
    await produce(async (chunk) => {
      if (!file.write(chunk)) {
        await once(file, 'drain');
      }
    });
  } finally {
    file.end();
    await once(file, 'close');
  }
}

function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(nameOf(error));
}
