import { basename } from 'node:path/posix';

const LONGEST_NAME = 60;

/** An item's id: its place in the manifest, which makes it unique, and its file name, which lets people read it. */
export function itemId(index: number, key: string): string {
  const name = basename(key)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, LONGEST_NAME);
  return `${String(index + 1).padStart(6, '0')}-${name}`;
}
