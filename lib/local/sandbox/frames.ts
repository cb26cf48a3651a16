/**
 * The frames between the emulator and a session: two big-endian 32-bit lengths, a JSON header, a binary tail.
 * The same in assets/agent.cjs and assets/kernel.py, which cannot import this file.
 */

/** The longest header, in bytes. Longer ones are not ours. */
const HEADER_MAX_BYTES = 64_000_000;
/** The longest tail, in bytes: stdout and stderr at the payload limit each. */
const TAIL_MAX_BYTES = 256_000_000;
const LENGTHS_BYTES = 8;

export type FrameHeader = Record<string, unknown>;

export interface Frame {
  readonly header: FrameHeader;
  readonly tail: Buffer;
}

/** A frame as the buffers to write one after another; the tail is not copied. */
export function encodeFrame(header: FrameHeader, tail?: Buffer): Buffer[] {
  const json = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  lengths.writeUInt32BE(json.length, 0);
  lengths.writeUInt32BE(tail?.length ?? 0, 4);
  return tail === undefined || tail.length === 0 ? [lengths, json] : [lengths, json, tail];
}

/** Cuts a byte stream into frames. What comes out of a session is not trusted: anything else throws. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #bytes = 0;

  /** Takes bytes, gives back the frames that they complete. */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      frames.push(frame);
    }
    return frames;
  }

  #next(): Frame | undefined {
    if (this.#bytes < LENGTHS_BYTES) {
      return undefined;
    }
    const first = this.#gather(LENGTHS_BYTES);
    const headerBytes = first.readUInt32BE(0);
    const tailBytes = first.readUInt32BE(4);
    if (headerBytes > HEADER_MAX_BYTES || tailBytes > TAIL_MAX_BYTES) {
      throw new Error(`A frame from the session claims ${headerBytes} and ${tailBytes} bytes, more than any of ours`);
    }
    const total = LENGTHS_BYTES + headerBytes + tailBytes;
    if (this.#bytes < total) {
      return undefined;
    }
    const whole = this.#gather(total);
    this.#drop(total);
    return {
      header: parseHeader(whole.subarray(LENGTHS_BYTES, LENGTHS_BYTES + headerBytes)),
      tail: whole.subarray(LENGTHS_BYTES + headerBytes, total),
    };
  }

  /** At least `bytes` of what has come, in the first chunk; joined only when needed. */
  #gather(bytes: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= bytes) {
      return first;
    }
    const joined = Buffer.concat(this.#chunks, this.#bytes);
    this.#chunks = [joined];
    return joined;
  }

  #drop(bytes: number): void {
    const rest = this.#chunks.shift()?.subarray(bytes);
    if (rest !== undefined && rest.length > 0) {
      this.#chunks.unshift(rest);
    }
    this.#bytes -= bytes;
  }
}

function parseHeader(json: Buffer): FrameHeader {
  const header: unknown = JSON.parse(json.toString('utf8'));
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new Error('A frame from the session has a header that is no JSON object');
  }
  return header as FrameHeader;
}
