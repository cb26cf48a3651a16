import type { Readable } from 'node:stream';
import { INPUT_LIMITS } from '../../../contract/batch-input';
import { messageOf } from '../../named-error';
import { excerpt, invalid, type ListedRow, rowOf } from './listed-row';

const { jsonManifestBytes } = INPUT_LIMITS;

/** The value of a JSON file, which is held as a whole. */
export async function jsonDocument(body: Readable, file: string): Promise<unknown> {
  const text = new Text(file);
  const pieces: string[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > jsonManifestBytes) {
      body.destroy();
      throw invalid(file, `a JSON file may have ${jsonManifestBytes} bytes: list more in JSON Lines (.jsonl) or CSV`);
    }
    pieces.push(text.next(chunk));
  }
  pieces.push(text.end());
  return parsed(pieces.join(''), file);
}

/** The items of a JSON Lines file, one by one. */
export async function* jsonLinesRows(body: Readable, file: string): AsyncGenerator<ListedRow> {
  let number = 0;
  for await (const line of linesOf(body, file)) {
    number++;
    if (line.trim() !== '') {
      const where = `${file}, line ${number}`;
      yield rowOf(parsed(line, where), where);
    }
  }
}

/** Reads lines itself: those of node:readline lose the error of a broken stream, and hold a line of any length. */
async function* linesOf(body: Readable, file: string): AsyncGenerator<string> {
  const text = new Text(file);
  let rest = '';
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const lines = (rest + text.next(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > jsonManifestBytes) {
      throw invalid(file, `a line may have ${jsonManifestBytes} bytes`);
    }
    yield* lines;
  }
  yield rest + text.end();
}

/** Decodes pieces of UTF-8, without a byte order mark. */
class Text {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });

  constructor(private readonly file: string) {}

  next(chunk: Uint8Array): string {
    return this.decode(chunk, { stream: true });
  }

  end(): string {
    return this.decode();
  }

  private decode(chunk?: Uint8Array, options?: { stream: boolean }): string {
    try {
      return this.decoder.decode(chunk, options);
    } catch (error) {
      throw invalid(this.file, 'this is not text in UTF-8', error);
    }
  }
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(where, `this is not JSON: ${messageOf(error)}; got ${excerpt(text)}`, error);
  }
}
