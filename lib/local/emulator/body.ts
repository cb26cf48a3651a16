import type { IncomingMessage } from 'node:http';
import { INVOKE_PAYLOAD_MAX_BYTES } from '../../contract/service';
import { cannotParse } from './errors';
import { parseLargeJson } from './large-json';
import { type Fields, isObject } from './validation';

/** A payload at the limit may be longer on the wire: base64 adds a third, JSON escapes its own. */
const BODY_MAX_BYTES = 2 * INVOKE_PAYLOAD_MAX_BYTES;

/** Reads a request's body as a JSON object; an empty one is an empty object. Throws a ValidationException. */
export async function readBody(request: IncomingMessage): Promise<Fields> {
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  if (announced > BODY_MAX_BYTES) {
    throw tooLarge();
  }
  const bytes = Number.isNaN(announced) ? await readUnknown(request) : await readKnown(request, announced);
  return bytes.length === 0 ? {} : parse(bytes);
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

async function readUnknown(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_MAX_BYTES) {
      throw tooLarge();
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function parse(bytes: Buffer): Fields {
  let value: unknown;
  try {
    value = parseLargeJson(bytes, (member) => member === 'text' || member === 'blob');
  } catch {
    throw cannotParse('The request body is not valid JSON');
  }
  if (!isObject(value)) {
    throw cannotParse('The request body must be a JSON object');
  }
  return value;
}

function tooLarge(): Error {
  return cannotParse(
    `The request body is larger than ${BODY_MAX_BYTES} bytes; a payload holds at most ${INVOKE_PAYLOAD_MAX_BYTES}`,
  );
}
