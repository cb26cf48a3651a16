import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { INVOKE_PAYLOAD_MAX_BYTES } from '../../../contract/service';
import type { Sandbox } from '../../sandbox/sandbox';
import { FileError, type SessionFiles } from '../../sandbox/session-files';
import { mimeTypeOf } from '../mime-types';
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
  await files.write(path, (file) => (blob === undefined ? writeText(file, text ?? '') : writeBase64(file, blob)));
}

/** Characters that are turned into bytes at once, so that a large file is not held a second time. Divisible by 4. */
const PIECE = 4 * 1024 * 1024;

async function writeText(file: FileHandle, text: string): Promise<void> {
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PIECE, text.length);
    // Not between the two halves of a character beyond the basic plane.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) {
      end -= 1;
    }
    await file.writeFile(text.slice(at, end));
    at = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

async function writeBase64(file: FileHandle, blob: string): Promise<void> {
  for (let at = 0; at < blob.length; at += PIECE) {
    await file.writeFile(Buffer.from(blob.slice(at, at + PIECE), 'base64'));
  }
}

export async function readFiles({ files }: Sandbox, { paths = [] }: ToolArguments): Promise<ToolResult> {
  const content: ContentBlock[] = [];
  let room = INVOKE_PAYLOAD_MAX_BYTES;
  const failures = await failuresOf(
    paths,
    (path) => path,
    async (path) => {
      const bytes = await files.read(path, (file, size) => readWhole(file, size, path, room));
      room -= bytes.length;
      content.push({ type: 'resource', resource: resource(path, bytes) });
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

/** Text as text, anything else as a blob: what is text, the content says. */
function resource(path: string, bytes: Buffer): Extract<ContentBlock, { type: 'resource' }>['resource'] {
  const uri = fileUri(path);
  const isText = isUtf8(bytes) && !bytes.includes(0);
  const mimeType = mimeTypeOf(path) ?? (isText ? 'text/plain' : 'application/octet-stream');
  return isText
    ? { type: 'text', uri, mimeType, text: bytes.toString('utf8') }
    : { type: 'blob', uri, mimeType, blob: bytes.toString('base64') };
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
          : { description: 'File' as const, mimeType: mimeTypeOf(name) ?? 'application/octet-stream', size: bytes }),
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
