import { basename } from 'node:path/posix';

const MAX_PART_CHARACTERS = 60;
/** Two of these, the number and what joins them make a file name, which may have 255 bytes. */
const MAX_PART_BYTES = 110;

const SAFE = '\\p{L}\\p{M}\\p{N}._-';
const UNSAFE = new RegExp(`[^${SAFE}]+`, 'gu');
const ITEM_ID = new RegExp(`^\\d{6,}[${SAFE}]*$`, 'u');

/**
 * An item's id: its place in the manifest, which makes it unique; its file name, and what a grid has made of it, which let
 * people read it. Letters and digits of every script stay, in Unicode's form NFC. At most 132 characters and 230 bytes up
 * to a million items; safe as a file name.
 */
export function itemId(index: number, key: string, label = ''): string {
  const parts = [basename(key), label].filter((part) => part !== '').map(toReadable);
  return [String(index + 1).padStart(6, '0'), ...parts].join('-');
}

export function isItemId(text: string): boolean {
  return ITEM_ID.test(text);
}

function toReadable(text: string): string {
  let readable = '';
  let bytes = 0;
  const characters = [...text.normalize('NFC').replace(UNSAFE, '-')].slice(0, MAX_PART_CHARACTERS);
  for (const character of characters) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_PART_BYTES) {
      break;
    }
    readable += character;
  }
  return readable;
}
