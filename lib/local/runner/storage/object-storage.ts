import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FilesInFolder, FilesInMemory, type ObjectFiles } from './object-files';
import { type ObjectFacts, ObjectTable } from './object-table';
import { StorageError } from './storage-error';

/** Contents up to this size are in the table itself: one write, and no file for each of a hundred thousand results. */
const IN_TABLE_BYTES = 256 * 1024;

/** How content gets its name and headers when it is written. */
export interface Writing {
  readonly contentType?: string;
  readonly etag?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What the local S3 holds: in memory, or in a folder, where it outlives the process. */
export class ObjectStorage {
  /** Told of what cannot be written, such as to a full disk. */
  onWriteError: (error: unknown) => void = () => {};

  private constructor(
    readonly table: ObjectTable,
    private readonly files: ObjectFiles,
  ) {}

  static inMemory(): ObjectStorage {
    return new ObjectStorage(new ObjectTable(), new FilesInMemory());
  }

  /** Fails if another process has it open. */
  static inFolder(folder: string): ObjectStorage {
    mkdirSync(folder, { recursive: true });
    const table = new ObjectTable(join(folder, 'objects.db'));
    const files = new FilesInFolder(join(folder, 'objects'));
    files.removeOthers(table.files());
    return new ObjectStorage(table, files);
  }

  put(bucket: string, key: string, body: Uint8Array, writing: Writing = {}): ObjectFacts {
    this.requireBucket(bucket);
    const before = this.table.place(bucket, key);
    const facts: ObjectFacts = {
      key,
      bytes: body.length,
      etag: writing.etag ?? `"${createHash('md5').update(body).digest('hex')}"`,
      lastModified: new Date(),
      contentType: writing.contentType ?? 'application/octet-stream',
      details: writing.details ?? {},
    };
    try {
      const place = body.length <= IN_TABLE_BYTES ? { body } : { file: this.files.write(body) };
      this.table.put(bucket, facts, place);
    } catch (error) {
      this.onWriteError(error);
      throw error;
    }
    if (before && 'file' in before) {
      this.files.remove(before.file);
    }
    return facts;
  }

  /** Objects whose content stays where it is: in the user's files, which are only ever read. */
  refer(bucket: string, objects: Iterable<{ key: string; source: string }>): void {
    this.requireBucket(bucket);
    this.table.transaction(() => {
      for (const { key, source } of objects) {
        const path = resolve(source);
        const facts = { key, ...factsOf(path, statSync(path)) };
        this.table.put(bucket, { ...facts, contentType: 'application/octet-stream', details: {} }, { source: path });
      }
    });
  }

  /** Which objects below a prefix refer to files that are gone, or not what they were. */
  changed(bucket: string, prefix: string): { key: string; gone: boolean }[] {
    return this.table.list(bucket, prefix).flatMap(({ key, etag }) => {
      const place = this.table.place(bucket, key);
      if (!place || !('source' in place)) {
        return [];
      }
      const stats = statSync(place.source, { throwIfNoEntry: false });
      return stats && etagOf(place.source, stats) === etag ? [] : [{ key, gone: !stats }];
    });
  }

  /** Of a user's file, as it is now: a client with another size waits for the rest, or never asks for it. */
  facts(bucket: string, key: string): ObjectFacts {
    this.requireBucket(bucket);
    const facts = this.table.facts(bucket, key);
    if (!facts) {
      throw StorageError.noKey();
    }
    const place = this.table.place(bucket, key);
    return place && 'source' in place ? { ...facts, ...factsOfSource(place.source) } : facts;
  }

  has(bucket: string, key: string): boolean {
    return this.table.facts(bucket, key) !== undefined;
  }

  read(bucket: string, key: string): Buffer {
    const place = this.table.place(bucket, key);
    if (!place) {
      throw StorageError.noKey();
    }
    if ('body' in place) {
      return Buffer.from(place.body.buffer, place.body.byteOffset, place.body.byteLength);
    }
    return 'file' in place ? this.files.read(place.file) : readSource(place.source);
  }

  /** The JSON in an object, or nothing if there is no such object. */
  json<T>(bucket: string, key: string): T | undefined {
    return this.has(bucket, key) ? (JSON.parse(this.read(bucket, key).toString('utf8')) as T) : undefined;
  }

  /** The file that an object's content is in, if it is in one. */
  pathOf(bucket: string, key: string): string | undefined {
    const place = this.table.place(bucket, key);
    if (!place || 'body' in place) {
      return undefined;
    }
    return 'source' in place ? place.source : this.files.pathOf(place.file);
  }

  /** Writes an object's content to a file. */
  async copyTo(bucket: string, key: string, path: string): Promise<void> {
    const file = this.pathOf(bucket, key);
    await (file === undefined ? writeFile(path, this.read(bucket, key)) : copyFile(file, path));
  }

  remove(bucket: string, key: string): void {
    const place = this.table.place(bucket, key);
    this.table.remove(bucket, key);
    if (place && 'file' in place) {
      this.files.remove(place.file);
    }
  }

  removeAll(bucket: string, prefix: string): void {
    this.table.transaction(() => {
      for (const { key } of this.table.list(bucket, prefix)) {
        this.remove(bucket, key);
      }
    });
  }

  close(): void {
    this.table.close();
  }

  private requireBucket(bucket: string): void {
    if (!this.table.hasBucket(bucket)) {
      throw StorageError.noBucket(bucket);
    }
  }
}

function factsOf(path: string, stats: Stats) {
  return { bytes: stats.size, etag: etagOf(path, stats), lastModified: stats.mtime };
}

function factsOfSource(path: string) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) {
    throw StorageError.noKey();
  }
  return factsOf(path, stats);
}

/** Not a digest of the content, which would have to be read for it: changes when the file does. */
function etagOf(path: string, { size, mtimeMs }: Stats): string {
  return `"${createHash('md5').update(`${path}\n${size}\n${mtimeMs}`).digest('hex')}-1"`;
}

function readSource(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? StorageError.noKey() : error;
  }
}
