import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { Deadline } from '../../runtime/deadline';
import { inlineContent } from '../../runtime/invoker/outputs';
import { sessionPath } from '../../runtime/invoker/request-schema';
import { contentTypeOf } from '../../runtime/staging/content-type';
import type { ToolSessions } from '../../runtime/tools/tool-sessions';
import type { LazyTarget } from './lazy-target';

/** Of one resource, in bytes: it goes through the memory of both sides. */
const MAX_RESOURCE_BYTES = 50_000_000;
const READ_SECONDS = 60;

export interface ResourceContent {
  readonly uri: string;
  readonly mimeType: string;
  readonly text?: string;
  readonly blob?: string;
}

/** Reads what answers have linked to: files of sessions of this server, and what was too large for an answer. */
export class ToolResources {
  /** Only what this server has given out is read, and not whatever its credentials could. */
  private readonly given = new Set<string>();

  constructor(
    private readonly target: LazyTarget,
    private readonly sessions: ToolSessions,
  ) {}

  /** Remembers an object that an answer links to, and names it. */
  give({ bucket, s3Key }: { readonly bucket: string; readonly s3Key: string }): string {
    const uri = `s3://${bucket}/${s3Key}`;
    this.given.add(uri);
    return uri;
  }

  async read(uri: string): Promise<ResourceContent> {
    const [, sessionId, path] = /^session:\/\/([0-9a-zA-Z]{1,40})\/(.+)$/.exec(uri) ?? [];
    if (sessionId !== undefined && path !== undefined) {
      return this.sessionFile(uri, sessionId, decodePath(uri, path));
    }
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    if (bucket !== undefined && key !== undefined && this.given.has(uri)) {
      return content(uri, key, await buffer(await this.target.open(bucket, key)));
    }
    throw notFound(uri, 'no answer has linked to it');
  }

  private async sessionFile(uri: string, sessionId: string, path: string): Promise<ResourceContent> {
    const call = { requestId: randomUUID(), deadline: Deadline.inSeconds(READ_SECONDS) };
    const current = await this.sessions.current(sessionId, call).catch(() => undefined);
    if (current !== sessionId) {
      throw notFound(uri, 'its session is not running');
    }
    try {
      const { files } = await this.target.run(
        {
          tool: { name: 'listFiles', arguments: { directoryPath: '' } },
          outputs: [path],
          contentBlocks: false,
          sessionId,
        },
        call,
      );
      const [file] = files.filter((candidate) => candidate.path === path);
      if (file === undefined || file.error !== undefined) {
        throw notFound(uri, file?.error ?? 'there is no such file');
      }
      if (file.bytes > MAX_RESOURCE_BYTES) {
        throw notFound(uri, `it has ${file.bytes} bytes; at most ${MAX_RESOURCE_BYTES} are read`);
      }
      const { bucket, s3Key, text, base64 = '' } = file;
      if (bucket !== undefined && s3Key !== undefined) {
        return content(uri, path, await buffer(await this.target.open(bucket, s3Key)));
      }
      return content(uri, path, text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text));
    } finally {
      this.sessions.release?.(sessionId, false);
    }
  }
}

function content(uri: string, path: string, bytes: Buffer): ResourceContent {
  const inline = inlineContent(bytes);
  const facts = { uri, mimeType: contentTypeOf(path) };
  return 'text' in inline ? { ...facts, text: inline.text } : { ...facts, blob: inline.base64 };
}

function decodePath(uri: string, path: string): string {
  try {
    return sessionPath.parse(decodeURIComponent(path));
  } catch {
    throw notFound(uri, 'its path cannot be one in a session');
  }
}

function notFound(uri: string, reason: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `Resource ${uri} cannot be read: ${reason}`);
}
