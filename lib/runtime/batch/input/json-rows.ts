import type { Readable } from 'node:stream';
import { INPUT_LIMITS } from '../../../contract/batch-input';
import { parseVerbatim } from '../../exact-json';
import { messageOf } from '../../named-error';
import { excerpt, invalid, type ListedRow, rowOf } from './listed-row';
import { utf8Text } from './utf8-text';

const { jsonManifestBytes } = INPUT_LIMITS;

/** The value of a JSON file, which is held as a whole. */
export async function jsonDocument(body: Readable, file: string): Promise<unknown> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of utf8Text(body, file)) {
    length += Buffer.byteLength(piece);
    if (length > jsonManifestBytes) {
      body.destroy();
      throw invalid(file, `a JSON file may have ${jsonManifestBytes} bytes: list more in JSON Lines (.jsonl) or CSV`);
    }
    pieces.push(piece);
  }
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
  let rest = '';
  for await (const piece of utf8Text(body, file)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > jsonManifestBytes) {
      throw invalid(file, `a line may have ${jsonManifestBytes} bytes`);
    }
    yield* lines;
  }
  yield rest;
}

function parsed(text: string, where: string): unknown {
  try {
    return parseVerbatim(text);
  } catch (error) {
    throw invalid(where, `this is not JSON: ${messageOf(error)}; got ${excerpt(text)}`, error);
  }
}
