import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const SCRIPTS = join(__dirname, 'scripts');

/** A script of the corpus, named after what it does. */
export interface CorpusScript {
  /** Of its path: `python/threads/daemon-is-cut.py`. */
  readonly name: string;
  readonly language: 'python' | 'typescript';
  readonly source: Buffer;
}

export function corpus(folder: 'python' | 'deno'): CorpusScript[] {
  return readdirSync(join(SCRIPTS, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({
      name: relative(SCRIPTS, path).split(sep).join('/'),
      language: folder === 'python' ? ('python' as const) : ('typescript' as const),
      source: readFileSync(path),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
