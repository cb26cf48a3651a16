import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { INVOKE_PAYLOAD_MAX_BYTES } from '../../../contract/service';
import type { Sandbox } from '../../sandbox/sandbox';
import { FileError, type SessionFiles } from '../../sandbox/session-files';
import { type LongString, ResultBytes } from '../large-json';
import { mediaTypeOf } from '../media-types';
import { type ContentBlock, type ToolResult, textResult } from '../result';
import type { InputContent, ToolArguments } from './arguments';

export async function writeFiles({ files }: Sandbox, { content = [] }: ToolArguments): Promise<ToolResult> {
  const failures = await failuresOf(
    content,
    ({ path }) => path,
    (block) => writeOne(files, block),
  );
  return failures.length === 0
    ? textResult(`Successfully wrote all ${content.length} files`)
    : textResult(`Failed to write ${failures.length} of ${content.length} files: ${failures.join('; ')}`, true);
}

async function writeOne(files: SessionFiles, { path, text, blob }: InputContent): Promise<void> {
  const encoding = blob === undefined ? 'utf8' : 'base64';
  await files.write(path, async (file) => {
    for (const piece of piecesOf(blob ?? text ?? '', encoding)) {
      await file.writeFile(Buffer.from(piece, encoding));
    }
  });
}

/** Pieces of base64 must be cut at multiples of four characters, unless the whole is one piece. */
function* piecesOf(value: string | LongString, encoding: 'utf8' | 'base64'): Generator<string> {
  if (typeof value === 'string') {
    yield value;
    return;
  }
  let rest = '';
  for (const piece of value.pieces()) {
    const available = rest + piece;
    const whole = encoding === 'base64' ? available.length - (available.length % 4) : available.length;
    yield available.slice(0, whole);
    rest = available.slice(whole);
  }
  yield rest;
}

export async function readFiles(
  { files }: Sandbox,
  { paths = [] }: ToolArguments,
  omitEmptyFiles = false,
): Promise<ToolResult> {
  const content: ContentBlock[] = [];
  let room = INVOKE_PAYLOAD_MAX_BYTES;
  const failures = await failuresOf(
    paths,
    (path) => path,
    async (path) => {
      const bytes = await files.read(path, (file, size) => readWhole(file, size, path, room));
      room -= bytes.length;
      if (bytes.length > 0 || !omitEmptyFiles) {
        content.push({ type: 'resource', resource: resource(path, bytes) });
      }
    },
  );
  content.push(...failures.map((text) => ({ type: 'text' as const, text })));
  return { content, isError: failures.length > 0 };
}

async function readWhole(file: FileHandle, size: number, path: string, room: number): Promise<Buffer> {
  if (size > room) {
    throw new FileError(`${path}: with ${size} bytes more than the ${INVOKE_PAYLOAD_MAX_BYTES} bytes of one answer`);
  }
  const buffer = Buffer.allocUnsafe(size);
  let read = 0;
  while (read < size) {
    const { bytesRead } = await file.read(buffer, read, size - read, read);
    if (bytesRead === 0) {
      break;
    }
    read += bytesRead;
  }
  return buffer.subarray(0, read);
}

/** What editors take for text: UTF-8, without NUL, and without control characters at its beginning. */
function looksLikeText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0) && !bytes.subarray(0, 8_192).some(isUnusualControl);
}

function isUnusualControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x08 && byte <= 0x0d) && byte !== 0x1b;
}

/** Text as text, anything else as a blob: what is text, the content says. */
function resource(path: string, bytes: Buffer): Extract<ContentBlock, { type: 'resource' }>['resource'] {
  const uri = fileUri(path);
  const isText = looksLikeText(bytes);
  const mimeType = mediaTypeOf(path) ?? (isText ? 'text/plain' : 'application/octet-stream');
  return isText
    ? { type: 'text', uri, mimeType, text: new ResultBytes(bytes, 'utf8') }
    : { type: 'blob', uri, mimeType, blob: new ResultBytes(bytes, 'base64') };
}

export async function listFiles({ files }: Sandbox, { directoryPath = '', path }: ToolArguments): Promise<ToolResult> {
  const folder = directoryPath === '' ? (path ?? '') : directoryPath;
  try {
    const listed = await files.list(folder);
    const prefix = folder.split('/').filter((name) => name !== '' && name !== '.');
    return {
      content: listed.map(({ name, directory, bytes }) => ({
        type: 'resource_link' as const,
        uri: fileUri([...prefix, name].join('/')),
        name,
        ...(directory
          ? { description: 'Directory' as const }
          : { description: 'File' as const, mimeType: mediaTypeOf(name) ?? 'application/octet-stream', size: bytes }),
      })),
      isError: false,
    };
  } catch (error) {
    return textResult(messageFor(error), true);
  }
}

export async function removeFiles({ files }: Sandbox, { paths = [] }: ToolArguments): Promise<ToolResult> {
  const failures = await failuresOf(
    paths,
    (path) => path,
    (path) => files.remove(path),
  );
  return failures.length === 0
    ? textResult(`Successfully removed all ${paths.length} files`)
    : textResult(`Failed to remove ${failures.length} of ${paths.length} files: ${failures.join('; ')}`, true);
}

function fileUri(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return `file:///${names.map(encodeURIComponent).join('/')}`;
}

/** Does something for each, one after another; what could not be done comes back as sentences. */
async function failuresOf<T>(
  all: readonly T[],
  pathOf: (one: T) => string,
  work: (one: T) => Promise<void>,
): Promise<string[]> {
  const failures: string[] = [];
  for (const one of all) {
    try {
      await work(one);
    } catch (error) {
      failures.push(messageFor(error, pathOf(one)));
    }
  }
  return failures;
}

function messageFor(error: unknown, path = ''): string {
  if (error instanceof FileError) {
    return error.message;
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) {
    throw error;
  }
  return code === 'ENOSPC' ? `${path}: No space left: the disk limit of the session is reached` : `${path}: ${code}`;
}
