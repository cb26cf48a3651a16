import { ErrorName } from '../../contract/errors';
import { INVOKER_LIMITS, type InvokerRequest, type ReturnedFile } from '../../contract/invoker';
import { messageOf, nameOf } from '../named-error';
import { filesOf } from '../session/tool-result';
import { contentTypeOf } from '../staging/content-type';
import type { ObjectStore } from '../staging/object-store';
import { hashOf, URL_SECONDS } from './inputs';
import { sessionPath } from './request-schema';
import { roleCopyOut } from './role-copy';
import { type Found, type SessionAccess, staging, Transfer } from './transfer';

/** A file above this size goes to the staging bucket: an answer of Lambda holds 6 MB, base64 makes a third more. */
const INLINE_FILE_BYTES = 1_000_000;
const INLINE_FILES_BYTES = 3_000_000;
/** Of S3, in bytes. */
const LONGEST_KEY = 1024;

type FoundFile = Found['files'][number];
type ReadableFile = Extract<FoundFile, { sha256: string }>;

/** Brings back what a request asks for. Each file by itself: one that cannot be read does not cost the others. */
export class Outputs {
  private readonly transfer: Transfer;

  constructor(
    private readonly session: SessionAccess,
    private readonly store: ObjectStore,
    /** Where files that are too large for the answer go. */
    private readonly prefix: string,
  ) {
    this.transfer = new Transfer(session);
  }

  async collect({ outputs = [], transfer, maxAnswerBytes = INVOKER_LIMITS.maxAnswerBytes.default }: InvokerRequest) {
    if (outputs.length === 0) {
      return [];
    }
    const { files, missing, leftOut } = await this.transfer.survey(outputs, INVOKER_LIMITS.files);
    if (leftOut > 0) {
      throw staging(`outputs name ${files.length + leftOut} files; at most ${INVOKER_LIMITS.files} come back`);
    }
    const { small, large } = bySize(files.filter(isReadable), Math.min(INLINE_FILES_BYTES, maxAnswerBytes / 2));
    const returned = [
      ...(await this.inline(small)),
      ...(transfer === 'role' ? await this.byRole(large) : await this.byUrl(large)),
      ...files.flatMap((file) => (isReadable(file) ? [] : [failed(file.path, reasonOf(file))])),
      ...missing.map((path) => failed(path, 'there is no such file')),
    ];
    return returned.sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  private async inline(files: ReadableFile[]): Promise<ReturnedFile[]> {
    if (files.length === 0) {
      return [];
    }
    const read = filesOf(
      await this.session.interpreter.invokeIdempotent(
        { ...this.session, tool: 'readFiles', arguments: { paths: files.map(({ path }) => path) } },
        this.session.deadline,
      ),
    );
    return files.map((file) => {
      // An empty file may have no block; its hash was seen before.
      const content = read.get(file.path) ?? (file.bytes === 0 ? new Uint8Array() : undefined);
      if (content === undefined || hashOf(content) !== file.sha256) {
        return failed(file.path, content ? 'it changed while it was read' : 'it could not be read');
      }
      return { ...facts(file), ...inlineContent(content) };
    });
  }

  private async byUrl(files: ReadableFile[]): Promise<ReturnedFile[]> {
    if (files.length === 0) {
      return [];
    }
    const urls = await Promise.all(
      files.map(async (file) => {
        const content = { sha256: file.sha256, contentType: contentTypeOf(file.path) };
        return { path: file.path, ...(await this.store.urlToPutExactly(this.keyOf(file), content, URL_SECONDS)) };
      }),
    );
    const sent = new Map((await this.transfer.send(urls)).map((file) => [file.path, file]));
    return Promise.all(
      files.map(async (file) => {
        const told = sent.get(file.path);
        if (told === undefined || told.error !== undefined) {
          return failed(file.path, `it could not be sent to S3: ${told?.error ?? 'the session told nothing of it'}`);
        }
        return this.inBucket(file);
      }),
    );
  }

  private async byRole(files: ReadableFile[]): Promise<ReturnedFile[]> {
    const returned: ReturnedFile[] = [];
    for (const file of files) {
      try {
        await roleCopyOut(this.session, { bucket: this.store.bucket, key: this.keyOf(file), path: file.path });
        returned.push(await this.inBucket(file));
      } catch (error) {
        if (nameOf(error) !== ErrorName.stagingFailed) {
          throw error;
        }
        returned.push(failed(file.path, messageOf(error)));
      }
    }
    return returned;
  }

  /** What the session says it has sent is believed when it is there. */
  private async inBucket(file: ReadableFile): Promise<ReturnedFile> {
    const key = this.keyOf(file);
    try {
      const object = await this.store.stat(key);
      return object?.bytes === file.bytes
        ? { ...facts(file), bucket: this.store.bucket, s3Key: key }
        : failed(file.path, `it has ${file.bytes} bytes, but ${object?.bytes ?? 'none'} came to S3`);
    } catch (error) {
      const reason = `${nameOf(error)}: ${messageOf(error)}`;
      return failed(file.path, `whether it came to s3://${this.store.bucket}/${key} could not be seen: ${reason}`);
    }
  }

  private keyOf({ path }: ReadableFile): string {
    return `${this.prefix}${fileName(this.prefix, path)}`;
  }
}

/** What a file is called in the bucket, behind the prefix: as in the session, if that is not too long for a key. */
export function fileName(prefix: string, path: string): string {
  const name = `files/${path}`;
  return Buffer.byteLength(prefix + name) <= LONGEST_KEY ? name : `files/${hashOf(path)}`;
}

/** The session is not trusted with its paths, which become keys. */
function isReadable(file: FoundFile): file is ReadableFile {
  return !('error' in file) && sessionPath.safeParse(file.path).success;
}

function reasonOf(file: FoundFile): string {
  return 'error' in file ? file.error : 'its path is not one that can be asked for';
}

function bySize(files: ReadableFile[], most: number): { small: ReadableFile[]; large: ReadableFile[] } {
  const small: ReadableFile[] = [];
  const large: ReadableFile[] = [];
  let total = 0;
  for (const file of files) {
    const inline = file.bytes <= INLINE_FILE_BYTES && total + file.bytes <= most;
    total += inline ? file.bytes : 0;
    (inline ? small : large).push(file);
  }
  return { small, large };
}

function facts({ path, bytes, sha256 }: ReadableFile) {
  return { path, bytes, contentType: contentTypeOf(path), sha256 };
}

function failed(path: string, error: string): ReturnedFile {
  return { path, bytes: 0, contentType: contentTypeOf(path), error };
}

/** As text where it is valid UTF-8, or else as base64. */
export function inlineContent(content: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) };
  } catch {
    return { base64: Buffer.from(content).toString('base64') };
  }
}
