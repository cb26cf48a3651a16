import { MultipartUploads } from './multipart-uploads';
import type { ObjectStorage, Writing } from './object-storage';
import type { ObjectFacts } from './object-table';
import { StorageError } from './storage-error';

type Details = Readonly<Record<string, unknown>>;

/** An object as the package's request handlers know it. */
interface FauxqsObject extends Record<string, unknown> {
  readonly key: string;
  readonly body: Buffer;
  readonly contentLength: number;
}

interface Checksum {
  readonly algorithm: string;
  readonly value: string;
  readonly type: string;
}

interface ListOptions {
  readonly prefix?: string;
  readonly delimiter?: string;
  readonly maxKeys?: number;
  readonly startAfter?: string;
  readonly marker?: string;
}

/**
 * Stands in for the store of the npm package fauxqs, whose request handlers call these methods. Its own one goes through
 * all objects for every listing, orders keys as a dictionary does and loses some between two pages, and in a folder it
 * would write wherever a key with `..` in it says.
 */
export class FauxqsStore {
  private readonly uploads = new MultipartUploads();
  private readonly lifecycles = new Map<string, string>();

  constructor(private readonly storage: ObjectStorage) {}

  createBucket(name: string): void {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new StorageError('InvalidBucketName', 400, `The specified bucket is not valid: ${name}`);
    }
    this.storage.table.addBucket(name);
  }

  deleteBucket(name: string): void {
    if (this.storage.table.list(this.existing(name), '', '', 1).length > 0) {
      throw new StorageError('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty.');
    }
    this.storage.table.removeBucket(name);
  }

  hasBucket(name: string): boolean {
    return this.storage.table.hasBucket(name);
  }

  listBuckets(): { name: string; creationDate: Date }[] {
    return this.storage.table.buckets();
  }

  putObject(
    bucket: string,
    key: string,
    body: Buffer,
    contentType?: string,
    metadata: Details = {},
    headers: Details = {},
    checksum?: Checksum,
  ): FauxqsObject {
    return this.put(bucket, key, body, { contentType, details: { metadata, ...headers, ...checksumFields(checksum) } });
  }

  getObject(bucket: string, key: string): FauxqsObject {
    const facts = this.storage.facts(bucket, key);
    return objectOf(facts, this.storage.read(bucket, key));
  }

  headObject(bucket: string, key: string): FauxqsObject {
    const facts = this.storage.facts(bucket, key);
    return { ...objectOf(facts, Buffer.alloc(0)), contentLength: facts.bytes };
  }

  deleteObject(bucket: string, key: string): void {
    this.storage.remove(this.existing(bucket), key);
  }

  deleteObjects(bucket: string, keys: string[]): string[] {
    for (const key of keys) {
      this.deleteObject(bucket, key);
    }
    return keys;
  }

  listObjects(bucket: string, options: ListOptions = {}) {
    const { prefix = '', delimiter, maxKeys = 1000 } = options;
    const after = options.startAfter ?? options.marker ?? '';
    if (delimiter) {
      return this.listFolders(bucket, { prefix, delimiter, maxKeys, after });
    }
    const found = this.storage.table.list(this.existing(bucket), prefix, after, maxKeys + 1);
    return { objects: found.slice(0, maxKeys).map(listed), commonPrefixes: [], isTruncated: found.length > maxKeys };
  }

  createMultipartUpload(
    bucket: string,
    key: string,
    contentType: string,
    metadata: Details = {},
    headers: Details = {},
  ) {
    return this.uploads.create({ bucket: this.existing(bucket), key, contentType, details: { metadata, ...headers } });
  }

  uploadPart(id: string, partNumber: number, body: Buffer, checksumValue?: string) {
    return { ...this.uploads.put(id, partNumber, body), checksumValue };
  }

  completeMultipartUpload(id: string, listedParts: { partNumber: number; etag: string }[]): FauxqsObject {
    const { bucket, key, body, contentType, etag, details, parts } = this.uploads.finish(id, listedParts);
    return this.put(bucket, key, body, { contentType, etag, details: { ...details, parts } });
  }

  abortMultipartUpload(id: string): void {
    this.uploads.abort(id);
  }

  putBucketLifecycleConfiguration(bucket: string, configuration: string): void {
    this.lifecycles.set(bucket, configuration);
  }

  getBucketLifecycleConfiguration(bucket: string): string | undefined {
    return this.lifecycles.get(bucket);
  }

  deleteBucketLifecycleConfiguration(bucket: string): void {
    this.lifecycles.delete(bucket);
  }

  renameObject(): void {
    throw new StorageError('NotImplemented', 501, 'The local S3 has no directory buckets.');
  }

  private put(bucket: string, key: string, body: Buffer, writing: Writing): FauxqsObject {
    return objectOf(this.storage.put(bucket, key, body, writing), body);
  }

  private existing(bucket: string): string {
    if (!this.hasBucket(bucket)) {
      throw StorageError.noBucket(bucket);
    }
    return bucket;
  }

  /** Keys that go on after a delimiter are one common prefix together. */
  private listFolders(
    bucket: string,
    { prefix, delimiter, maxKeys, after }: Required<Omit<ListOptions, 'startAfter' | 'marker'>> & { after: string },
  ) {
    const objects: ReturnType<typeof listed>[] = [];
    const folders = new Set<string>();
    for (const facts of this.storage.table.list(this.existing(bucket), prefix, after)) {
      const end = facts.key.indexOf(delimiter, prefix.length);
      const folder = end < 0 ? undefined : facts.key.slice(0, end + delimiter.length);
      if (folder !== undefined && (folders.has(folder) || folder <= after)) {
        continue;
      }
      if (objects.length + folders.size >= maxKeys) {
        return { objects, commonPrefixes: [...folders], isTruncated: true };
      }
      if (folder === undefined) {
        objects.push(listed(facts));
      } else {
        folders.add(folder);
      }
    }
    return { objects, commonPrefixes: [...folders], isTruncated: false };
  }
}

function objectOf({ key, etag, lastModified, contentType, details }: ObjectFacts, body: Buffer): FauxqsObject {
  return { metadata: {}, ...details, key, etag, lastModified, contentType, body, contentLength: body.length };
}

function listed({ key, bytes, etag, lastModified }: ObjectFacts) {
  return { key, contentLength: bytes, etag, lastModified };
}

function checksumFields(checksum: Checksum | undefined): Details {
  return checksum === undefined
    ? {}
    : { checksumAlgorithm: checksum.algorithm, checksumValue: checksum.value, checksumType: checksum.type };
}
