import type { ServerResponse } from 'node:http';
import { ServiceError } from './errors';
import { encodeEvent } from './event-stream';
import type { InvocationRecord } from './events';
import type { ToolResult } from './result';
import type { ToolCall } from './tools';

const EXCERPT = 2_000;

/** Answers an InvokeCodeInterpreter with its one event. */
export function answerResult(response: ServerResponse, sessionId: string, result: ToolResult): void {
  const event = writeHead(response, sessionId, result);
  response.end(event);
}

/** Answers with half of the event, and ends the connection. */
export async function cutResult(response: ServerResponse, sessionId: string, result: ToolResult): Promise<void> {
  const event = writeHead(response, sessionId, result);
  await new Promise<void>((resolve) => response.write(event.subarray(0, event.length >> 1), () => resolve()));
  response.destroy();
}

function writeHead(response: ServerResponse, sessionId: string, result: ToolResult): Uint8Array {
  const event = encodeEvent('result', Buffer.from(JSON.stringify(result)));
  response.writeHead(200, {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-code-interpreter-session-id': sessionId,
    'content-length': event.length,
  });
  return event;
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
  if (Array.isArray(value)) {
    return value.slice(0, 100).map((item) => shorten(item));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(entries.map(([key, member]) => [key, shorten(member, key)]));
  }
  return value;
}
