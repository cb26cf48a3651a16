import { basename } from 'node:path/posix';

const LONGEST_PART = 60;

/**
 * An item's id: its place in the manifest, which makes it unique; its file name, and what a grid has made of it, which let
 * people read it. At most 132 characters up to a million items; safe as a file name.
 */
export function itemId(index: number, key: string, label = ''): string {
  const parts = [basename(key), label].filter((part) => part !== '').map(readable);
  return [String(index + 1).padStart(6, '0'), ...parts].join('-');
}

function readable(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, LONGEST_PART);
}
