import { crc32 } from 'node:zlib';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';

const codec = new EventStreamCodec(toUtf8, fromUtf8);
/** Two lengths and their checksum; at the end the checksum of the whole. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/** How long an event message is around its payload, in bytes. */
export function eventOverhead(eventType: string): number {
  return PRELUDE_BYTES + headersOf(eventType).length + CHECKSUM_BYTES;
}

/**
 * One `event` message of `application/vnd.amazon.eventstream`, as REST-JSON frames it, in pieces: so a payload at the limit is
 * never held as a whole.
 * @param payloadBytes the length of all pieces of the payload together
 */
export function* eventPieces(eventType: string, payloadBytes: number, payload: Iterable<Buffer>): Generator<Buffer> {
  const headers = headersOf(eventType);
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.writeUInt32BE(PRELUDE_BYTES + headers.length + payloadBytes + CHECKSUM_BYTES, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  let checksum = crc32(headers, crc32(prelude));
  yield Buffer.concat([prelude, headers]);
  for (const piece of payload) {
    checksum = crc32(piece, checksum);
    yield piece;
  }
  const end = Buffer.alloc(CHECKSUM_BYTES);
  end.writeUInt32BE(checksum, 0);
  yield end;
}

function headersOf(eventType: string): Uint8Array {
  return codec.formatHeaders({
    ':event-type': { type: 'string', value: eventType },
    ':content-type': { type: 'string', value: 'application/json' },
    ':message-type': { type: 'string', value: 'event' },
  });
}
