import type { IncomingMessage } from 'node:http';
import { INVOKE_PAYLOAD_MAX_BYTES } from '../../contract/service';
import { cannotParse } from './errors';
import { parseLargeJson } from './large-json';
import { type Fields, isObject } from './validation';

const BODY_MAX_BYTES = 100_000_000;
/** A payload at the limit may be longer on the wire: base64 adds a third, JSON escapes its own. */
const INVOKE_BODY_MAX_BYTES = 2 * INVOKE_PAYLOAD_MAX_BYTES;

/** How large the body of a request may be, in bytes. */
export function maxBodyBytes({ url = '' }: IncomingMessage): number {
  return url.endsWith('/tools/invoke') ? INVOKE_BODY_MAX_BYTES : BODY_MAX_BYTES;
}

/** Reads a body as a JSON object; an empty one is an empty object. Throws a ValidationException. */
export function parseBody(bytes: Buffer): Fields {
  if (bytes.length === 0) {
    return {};
  }
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
