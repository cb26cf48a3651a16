import { createHash } from 'node:crypto';
import { INVOKER_LIMITS, type InputFile, type InvokerRequest } from '../../contract/invoker';
import { messageOf, NamedError } from '../named-error';
import { textOf } from '../session/tool-result';
import type { ObjectStore } from '../staging/object-store';
import { invalidRequest } from './invoker-request';
import { PARAMETERS_FILE, sessionPath } from './request-schema';
import { roleCopyIn } from './role-copy';
import { type Moved, type SessionAccess, staging, Transfer } from './transfer';

/** Objects up to this size go through the Lambda, while they have no more than {@link INLINE_TOTAL_BYTES} together. */
const INLINE_OBJECT_BYTES = 1_000_000;
const INLINE_TOTAL_BYTES = 8_000_000;

/** How long presigned URLs are valid, in seconds: as long as a Lambda may run. */
export const URL_SECONDS = 900;

interface InlineInput {
  readonly path: string;
  readonly blob: Uint8Array;
}

interface StoredInput {
  readonly path: string;
  readonly key: string;
  readonly bytes: number;
  readonly sha256?: string;
}

/** The files of a request: looked up before a session is started, so that a request that cannot work costs none. */
export class Inputs {
  private constructor(
    private readonly store: ObjectStore,
    private readonly request: InvokerRequest,
    private readonly inline: InlineInput[],
    private readonly stored: StoredInput[],
  ) {}

  static async of(request: InvokerRequest, store: ObjectStore, prefix: string): Promise<Inputs> {
    const inline: InlineInput[] = [];
    const stored: StoredInput[] = [];
    for (const [index, file] of (request.files ?? []).entries()) {
      const field = `files.${index}`;
      if (file.s3Prefix !== undefined) {
        requireOwn(file.s3Prefix, prefix, `${field}.s3Prefix`);
        stored.push(...(await objectsUnder(store, file.s3Prefix, file.path, field)));
      } else if (file.s3Key !== undefined) {
        requireOwn(file.s3Key, prefix, `${field}.s3Key`);
        stored.push({ ...(await objectAt(store, file.s3Key, field)), path: file.path, sha256: file.sha256 });
      } else {
        inline.push(inlineInput(file, field));
      }
    }
    for (const { key, bytes } of stored) {
      if (bytes > INVOKER_LIMITS.objectBytes) {
        const most = `at most ${INVOKER_LIMITS.objectBytes} can go into a session`;
        throw staging(`files: s3://${store.bucket}/${key} has ${bytes} bytes, ${most}`);
      }
    }
    if (request.parameters) {
      inline.push({ path: PARAMETERS_FILE, blob: Buffer.from(JSON.stringify(request.parameters)) });
    }
    return new Inputs(store, request, inline, stored);
  }

  /** Writes them into a session. */
  async write(session: SessionAccess): Promise<void> {
    const { small, large } = bySize(this.stored);
    const content = [...this.inline, ...(await Promise.all(small.map((object) => this.download(object))))];
    if (content.length > 0) {
      const written = await session.interpreter.invokeIdempotent(
        { ...session, tool: 'writeFiles', arguments: { content } },
        session.deadline,
      );
      if (written.isError) {
        throw staging(`writing the files into the session: ${textOf(written)}`);
      }
    }
    if (large.length > 0) {
      await (this.request.transfer === 'role' ? this.byRole(session, large) : this.byUrl(session, large));
    }
  }

  private async download({ key, path, sha256 }: StoredInput): Promise<InlineInput> {
    try {
      const blob = await this.store.bytes(key);
      if (sha256 !== undefined && hashOf(blob) !== sha256) {
        throw staging(`s3://${this.store.bucket}/${key} does not have the sha256 that the request gives`);
      }
      return { path, blob };
    } catch (error) {
      throw asStaging(error, `reading s3://${this.store.bucket}/${key}`);
    }
  }

  private async byUrl(session: SessionAccess, objects: StoredInput[]): Promise<void> {
    const files = await Promise.all(
      objects.map(async ({ path, key, bytes }) => ({ path, bytes, url: await this.store.urlToGet(key, URL_SECONDS) })),
    );
    checkArrived(objects, await new Transfer(session).fetch(files));
  }

  private async byRole(session: SessionAccess, objects: StoredInput[]): Promise<void> {
    for (const object of objects) {
      await roleCopyIn(session, { ...object, bucket: this.store.bucket });
    }
    const named = objects.filter(({ sha256 }) => sha256 !== undefined);
    if (named.length > 0) {
      const paths = named.map(({ path }) => path);
      checkArrived(named, (await new Transfer(session).survey(paths, paths.length)).files);
    }
  }
}

/** What the session tells of the files that it has got: that they are there, and have the hashes that the request gives. */
function checkArrived(objects: StoredInput[], told: Moved): void {
  const arrived = new Map(told.map((file) => [file.path, file]));
  for (const { path, sha256 } of objects) {
    const file = arrived.get(path);
    if (file?.error !== undefined || file?.sha256 === undefined) {
      throw staging(`the session could not fetch ${path}: ${file?.error ?? 'it told nothing of it'}`);
    }
    if (sha256 !== undefined && file.sha256 !== sha256) {
      throw staging(`${path} does not have the sha256 that the request gives`);
    }
  }
}

function inlineInput({ path, text, base64, sha256 }: InputFile, field: string): InlineInput {
  const blob = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
  if (sha256 !== undefined && hashOf(blob) !== sha256) {
    throw invalidRequest(`${field}.sha256: is not the hash of the content`);
  }
  return { path, blob };
}

/** A key outside of the invoker's prefix is another's, even if the Lambda's role could read it. */
export function requireOwn(key: string, prefix: string, field: string): void {
  if (!key.startsWith(prefix)) {
    throw invalidRequest(`${field}: must be under the invoker's prefix "${prefix}"`);
  }
}

async function objectAt(store: ObjectStore, key: string, field: string): Promise<{ key: string; bytes: number }> {
  const object = await store.stat(key).catch((error) => {
    throw asStaging(error, `${field}: looking up s3://${store.bucket}/${key}`);
  });
  if (!object) {
    throw staging(`${field}: there is no object s3://${store.bucket}/${key}`);
  }
  return object;
}

async function objectsUnder(store: ObjectStore, prefix: string, folder: string, field: string): Promise<StoredInput[]> {
  const found: StoredInput[] = [];
  try {
    for await (const { key, bytes } of store.list(prefix)) {
      // Some tools keep an empty object for each folder.
      if (key.endsWith('/')) {
        continue;
      }
      const path = `${folder}/${key.slice(prefix.length)}`;
      if (!sessionPath.safeParse(path).success) {
        throw staging(`${field}: the key ${key} cannot be a path in the session`);
      }
      if (found.push({ path, key, bytes }) > INVOKER_LIMITS.files) {
        throw staging(`${field}: there are more than ${INVOKER_LIMITS.files} objects under ${prefix}`);
      }
    }
  } catch (error) {
    throw asStaging(error, `${field}: listing s3://${store.bucket}/${prefix}`);
  }
  if (found.length === 0) {
    throw staging(`${field}: there is no object under s3://${store.bucket}/${prefix}`);
  }
  return found;
}

function bySize(objects: StoredInput[]): { small: StoredInput[]; large: StoredInput[] } {
  const small: StoredInput[] = [];
  const large: StoredInput[] = [];
  let total = 0;
  for (const object of objects) {
    const inline = object.bytes <= INLINE_OBJECT_BYTES && total + object.bytes <= INLINE_TOTAL_BYTES;
    total += inline ? object.bytes : 0;
    (inline ? small : large).push(object);
  }
  return { small, large };
}

export function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Errors that have a name of the contract keep it. */
export function asStaging(error: unknown, what: string): Error {
  return error instanceof NamedError ? error : staging(`${what}: ${messageOf(error)}`, error);
}
