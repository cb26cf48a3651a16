import type { IncomingMessage } from 'node:http';
import { RefusedRequest } from './refused-request';

/** Reads the body of a request. Throws a RefusedRequest for one that is larger. */
export async function readRequestBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  if (announced > maxBytes) {
    throw tooLarge(maxBytes);
  }
  return Number.isNaN(announced) ? readUnknown(request, maxBytes) : readKnown(request, announced);
}

/** One buffer of the right size, filled as the body comes: a large payload is held once. */
async function readKnown(request: IncomingMessage, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let at = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    at += chunk.copy(buffer, at);
  }
  return buffer.subarray(0, at);
}

async function readUnknown(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw tooLarge(maxBytes);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function tooLarge(maxBytes: number): RefusedRequest {
  return new RefusedRequest('EntityTooLarge', `The request body is larger than ${maxBytes} bytes`);
}
