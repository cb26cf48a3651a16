import type { JsonObject } from '../../contract/json';

/** The output file that an item's row is read from. */
export const ROW_FILE = 'result.json';

/** What is nested deeper than this cannot be written again by every program that reads results. */
const MAX_DEPTH = 500;

/** An item's row. */
export interface ItemRow {
  readonly value: JsonObject;
  /** The same as text, in which every number has the digits that the script wrote. */
  readonly text: string;
  /** How many values have become null, since JSON has neither NaN nor infinities. */
  readonly nulls: number;
}

/** The script's `result.json` cannot be a row; the message says why. */
export class RowInvalidError extends Error {
  override readonly name = 'RowInvalidError';

  constructor(reason: string) {
    super(`${ROW_FILE} must hold one JSON object: ${reason}`);
  }
}

/** Reads a row. Python's NaN and Infinity, which JSON has not, become null. */
export function parseRow(content: Uint8Array): ItemRow {
  const { text, nulls } = compact(decode(content));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RowInvalidError(text === '' ? 'it is empty' : (error as Error).message);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RowInvalidError(`found ${Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value}`);
  }
  return { value: value as JsonObject, text, nulls };
}

function decode(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new RowInvalidError('it is not UTF-8');
  }
}

/** Without white space between values, in one line. */
function compact(json: string): { text: string; nulls: number } {
  let depth = 0;
  let nulls = 0;
  // A string is taken as a whole, so that what stands in it stays.
  const text = json.replace(/"(?:[^"\\]|\\.)*"|[{[]|[}\]]|\s+|-?\bInfinity\b|\bNaN\b/gs, (token) => {
    switch (token[0]) {
      case '"':
        return token;
      case '{':
      case '[':
        depth++;
        if (depth > MAX_DEPTH) {
          throw new RowInvalidError(`it is nested more than ${MAX_DEPTH} levels deep`);
        }
        return token;
      case '}':
      case ']':
        depth--;
        return token;
      case '-':
      case 'I':
      case 'N':
        nulls++;
        return 'null';
      default:
        // Not nothing: two numbers side by side must not become one.
        return ' ';
    }
  });
  return { text: text.trim(), nulls };
}
