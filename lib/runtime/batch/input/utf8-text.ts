import type { Readable } from 'node:stream';
import { invalid } from './listed-row';

const NEW_LINE = 0x0a;
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * The text of a file, piece by piece, without a byte order mark. Bytes that are not UTF-8 fail with the line that they are
 * on: they are never replaced by other characters.
 */
export async function* utf8Text(body: Readable, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let tail = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const bytes = Buffer.concat([tail, chunk]);
    try {
      yield decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw notUtf8(file, line, bytes, error);
    }
    // From the last line on, in case that it goes on in the next piece.
    const end = bytes.lastIndexOf(NEW_LINE) + 1;
    line += linesIn(bytes.subarray(0, end));
    tail = bytes.subarray(end);
  }
  try {
    yield decoder.decode();
  } catch (error) {
    throw notUtf8(file, line, tail, error);
  }
}

/** @param bytes from the beginning of a line on, with what is wrong among them */
function notUtf8(file: string, line: number, bytes: Buffer, cause: unknown): Error {
  if (line === 1 && UTF16_MARKS.some((mark) => bytes.subarray(0, 2).equals(mark))) {
    return invalid(`${file}, line 1`, 'this is text in UTF-16; save it as UTF-8', cause);
  }
  const before = bytes.subarray(0, firstInvalid(bytes));
  const byte = bytes[before.length]?.toString(16).toUpperCase().padStart(2, '0') ?? '';
  return invalid(
    `${file}, line ${line + linesIn(before)}`,
    `this is not text in UTF-8: byte 0x${byte} cannot stand there; save the file as UTF-8 (it may be in a code page such as CP949 or Windows-1252)`,
    cause,
  );
}

/** Where the first byte is that does not belong to a character. */
function firstInvalid(bytes: Buffer): number {
  const whole = bytes.toString('utf8');
  const replaced = whole.indexOf('\ufffd');
  return replaced < 0 ? bytes.length - 1 : Buffer.byteLength(whole.slice(0, replaced));
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (const byte of bytes) {
    lines += byte === NEW_LINE ? 1 : 0;
  }
  return lines;
}
