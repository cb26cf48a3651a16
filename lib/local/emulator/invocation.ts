import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ServiceError } from './errors';
import { eventOverhead, eventPieces } from './event-stream';
import type { InvocationRecord } from './events';
import { jsonPieces, LongString } from './large-json';
import type { ToolResult } from './result';
import type { ToolCall } from './tools';

const EXCERPT = 2_000;

/** Payloads up to this length, in bytes, are sent in one piece. */
const SMALL = 65_536;

/** Answers an InvokeCodeInterpreter with its one event. */
export async function answerResult(response: ServerResponse, sessionId: string, result: ToolResult): Promise<void> {
  const { bytes, pieces } = eventOf(result);
  writeHead(response, sessionId, bytes);
  if (bytes <= SMALL) {
    response.end(Buffer.concat([...pieces]));
    return;
  }
  // The client may be gone before all of it is sent: that is not an error of ours.
  await pipeline(Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), response).catch(() => {});
}

/** Answers with half of the event, and ends the connection. */
export async function cutResult(response: ServerResponse, sessionId: string, result: ToolResult): Promise<void> {
  const { bytes, pieces } = eventOf(result);
  writeHead(response, sessionId, bytes);
  const half = Buffer.concat([...pieces]).subarray(0, bytes >> 1);
  await new Promise<void>((resolve) => response.write(half, () => resolve()));
  response.destroy();
}

function eventOf(result: ToolResult): { bytes: number; pieces: Iterable<Buffer> } {
  let payload = 0;
  for (const piece of jsonPieces(result)) {
    payload += piece.length;
  }
  return { bytes: payload + eventOverhead('result'), pieces: eventPieces('result', payload, jsonPieces(result)) };
}

function writeHead(response: ServerResponse, sessionId: string, bytes: number): void {
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-code-interpreter-session-id': sessionId,
    'content-length': bytes,
  });
}

/** What the history keeps of a tool call. */
export function recordOf(
  call: ToolCall,
  about: { sessionId: string; started: number; result?: ToolResult; error?: unknown },
): InvocationRecord {
  const { sessionId, started, result, error } = about;
  const output = result?.structuredContent;
  return {
    at: new Date(started).toISOString(),
    sessionId,
    tool: call.name,
    arguments: shorten(call.arguments) as Record<string, unknown>,
    isError: result?.isError ?? true,
    ...(output?.exitCode === undefined ? {} : { exitCode: output.exitCode }),
    ...(output?.stdout === undefined ? {} : { stdout: output.stdout.slice(0, EXCERPT) }),
    ...(output?.stderr === undefined ? {} : { stderr: output.stderr.slice(0, EXCERPT) }),
    milliseconds: Date.now() - started,
    ...(error === undefined ? {} : { error: error instanceof ServiceError ? error.name : String(error) }),
  };
}

function shorten(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    if (name === 'blob') {
      return `${Math.floor((value.length * 3) / 4)} bytes`;
    }
    return value.length > EXCERPT ? `${value.slice(0, EXCERPT)}… (${value.length} characters)` : value;
  }
  if (value instanceof LongString) {
    return `${value.length} characters`;
  }
  if (Array.isArray(value)) {
    return value.slice(0, 100).map((item) => shorten(item));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(entries.map(([key, member]) => [key, shorten(member, key)]));
  }
  return value;
}
