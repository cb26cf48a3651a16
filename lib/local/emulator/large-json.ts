import { randomBytes } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';

/**
 * JSON with very long strings in it, in both directions, without holding each of them several times: as JSON text, as
 * a string, as bytes. What is long stays the bytes it came in or goes out as, and is worked on piece by piece.
 */

/** Strings from this length on, in bytes, are kept as they came. */
const LONG = 1_000_000;
/** Bytes that are worked on at once. Divisible by 3 and by 4. */
const PIECE = 3 * 1024 * 1024;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A long string of a request: still the bytes of its JSON literal, without the quotes. */
export class LongString {
  readonly #literal: Buffer;
  /** In UTF-16 units, as a string's length is. */
  readonly length: number;

  /** Throws SyntaxError if it is no JSON string. */
  constructor(literal: Buffer) {
    this.#literal = literal;
    let length = 0;
    for (const piece of this.pieces()) {
      length += piece.length;
    }
    this.length = length;
  }

  /** The whole string. */
  toString(): string {
    return JSON.parse(`"${this.#literal.toString('utf8')}"`) as string;
  }

  /** The string in pieces, none of which ends between the halves of a character. */
  *pieces(): Generator<string> {
    let carried = '';
    for (let start = 0; start < this.#literal.length; ) {
      const end = cutBefore(this.#literal, Math.min(start + PIECE, this.#literal.length));
      const piece = carried + (JSON.parse(`"${this.#literal.toString('utf8', start, end)}"`) as string);
      const split = end < this.#literal.length && isHighSurrogate(piece.charCodeAt(piece.length - 1));
      carried = split ? piece.slice(-1) : '';
      yield split ? piece.slice(0, -1) : piece;
      start = end;
    }
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** The last place up to `end` that is neither inside an escape nor inside a character. */
function cutBefore(literal: Buffer, end: number): number {
  if (end === literal.length) {
    return end;
  }
  let cut = end;
  while (((literal[cut] ?? 0) & 0xc0) === 0x80) {
    cut -= 1;
  }
  // The longest escape has six bytes.
  const backslash = literal.subarray(Math.max(0, cut - 6), cut).lastIndexOf(BACKSLASH);
  if (backslash < 0) {
    return cut;
  }
  const at = Math.max(0, cut - 6) + backslash;
  return backslashesBefore(literal, at + 1) % 2 === 0 ? cut : at;
}

function backslashesBefore(bytes: Buffer, end: number): number {
  let count = 0;
  while (bytes[end - 1 - count] === BACKSLASH) {
    count += 1;
  }
  return count;
}

/**
 * Parses JSON. Strings of at least {@link LONG} bytes become {@link LongString}, if the member that they are the value of
 * may be long. Throws SyntaxError.
 */
export function parseLargeJson(bytes: Buffer, mayBeLong: (member: string) => boolean): unknown {
  if (bytes.length < LONG) {
    return JSON.parse(bytes.toString('utf8'));
  }
  const mark = `long string ${randomBytes(12).toString('hex')} `;
  const long: LongString[] = [];
  const kept: string[] = [];
  let from = 0;
  for (const { start, end } of literals(bytes)) {
    if (end - start >= LONG) {
      kept.push(bytes.toString('utf8', from, start), mark, String(long.length));
      long.push(new LongString(bytes.subarray(start, end)));
      from = end;
    }
  }
  kept.push(bytes.toString('utf8', from));
  return JSON.parse(kept.join(''), (member: string, value: unknown) => {
    const found =
      typeof value === 'string' && value.startsWith(mark) ? long[Number(value.slice(mark.length))] : undefined;
    return found === undefined ? value : mayBeLong(member) ? found : found.toString();
  });
}

/** Where the string literals of a JSON text are, without their quotes. */
function* literals(bytes: Buffer): Generator<{ start: number; end: number }> {
  for (let open = bytes.indexOf(QUOTE); open >= 0; ) {
    let close = bytes.indexOf(QUOTE, open + 1);
    while (close >= 0 && backslashesBefore(bytes, close) % 2 === 1) {
      close = bytes.indexOf(QUOTE, close + 1);
    }
    if (close < 0) {
      return;
    }
    yield { start: open + 1, end: close };
    open = bytes.indexOf(QUOTE, close + 1);
  }
}

/** Bytes that a result carries as a JSON string: as base64, or as the UTF-8 text that they are. */
export class ResultBytes {
  readonly bytes: Buffer;
  readonly encoding: 'base64' | 'utf8';

  constructor(bytes: Buffer, encoding: 'base64' | 'utf8') {
    this.bytes = bytes;
    this.encoding = encoding;
  }
}

/** A value as JSON, in pieces. Members that are undefined are left out. */
export function* jsonPieces(value: unknown): Generator<Buffer> {
  if (value instanceof ResultBytes) {
    yield* bytesPieces(value);
  } else if (typeof value === 'string' && value.length >= LONG) {
    yield* stringPieces(value);
  } else if (Array.isArray(value)) {
    yield* listPieces(
      '[',
      value.map((item) => ['', item] as const),
      ']',
    );
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    yield* listPieces(
      '{',
      members.map(([name, member]) => [`${JSON.stringify(name)}:`, member] as const),
      '}',
    );
  } else {
    yield Buffer.from(JSON.stringify(value));
  }
}

function* listPieces(open: string, items: (readonly [string, unknown])[], close: string): Generator<Buffer> {
  let before = open;
  for (const [name, item] of items) {
    yield Buffer.from(`${before}${name}`);
    yield* jsonPieces(item);
    before = ',';
  }
  yield Buffer.from(items.length === 0 ? `${open}${close}` : close);
}

function* bytesPieces({ bytes, encoding }: ResultBytes): Generator<Buffer> {
  const decoder = new StringDecoder('utf8');
  yield Buffer.from('"');
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    yield Buffer.from(encoding === 'base64' ? piece.toString('base64') : escaped(decoder.write(piece)));
  }
  yield Buffer.from(`${encoding === 'base64' ? '' : escaped(decoder.end())}"`);
}

function* stringPieces(text: string): Generator<Buffer> {
  yield Buffer.from('"');
  for (let at = 0; at < text.length; ) {
    const last = Math.min(at + PIECE, text.length);
    const end = last < text.length && isHighSurrogate(text.charCodeAt(last - 1)) ? last - 1 : last;
    yield Buffer.from(escaped(text.slice(at, end)));
    at = end;
  }
  yield Buffer.from('"');
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
