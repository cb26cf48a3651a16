import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { LOCAL_FOLDER } from '../local-folder';

/** A file that becomes an item. */
export interface InputFile {
  readonly path: string;
  /** What its key ends in, with forward slashes. */
  readonly name: string;
}

/** Something in a folder of inputs that cannot be an item. */
export interface SkippedInput {
  readonly path: string;
  /** Such as `is a link to nothing`. */
  readonly reason: string;
}

export interface FoundInputs {
  readonly files: readonly InputFile[];
  /** Paths of what systems, editors and version control leave in folders; a folder counts as one. */
  readonly litter: readonly string[];
  readonly skipped: readonly SkippedInput[];
}

/** Files that nobody means when they name a folder. */
const LITTER =
  /^(\.DS_Store|\._.*|\.localized|Thumbs\.db|ehthumbs\.db|desktop\.ini|~\$.*|\.~lock\..*#|\.git|\.svn|\.hg|__MACOSX|\$RECYCLE\.BIN|System Volume Information)$/i;

/**
 * The files that are named, and those in the folders that are named, each folder's by their path in it. Links are
 * followed. A file that is named itself is meant, whatever it is called; in folders, litter is left out. What local runs
 * write there themselves is no input: else a run's results would be the next one's items.
 *
 * Fails for a path that does not exist, and if two files would have the same key.
 *
 * @param output the folder of the results
 */
export async function findInputs(paths: readonly string[], output: string): Promise<FoundInputs> {
  const own = await Promise.all([output, LOCAL_FOLDER].map(realPathOf));
  const searches = await Promise.all(paths.map((path) => searchPath(path, own)));
  const files = searches.flatMap((search) => search.files);
  requireOwnKeys(files);
  return {
    files,
    litter: searches.flatMap((search) => search.litter),
    skipped: searches.flatMap((search) => search.skipped),
  };
}

function requireOwnKeys(files: readonly InputFile[]): void {
  const byName = new Map<string, string>();
  for (const { path, name } of files) {
    const other = byName.get(name);
    if (other !== undefined && other !== path) {
      throw new Error(`the inputs "${other}" and "${path}" would have the same key, ending in "${name}"`);
    }
    byName.set(name, path);
  }
}

async function searchPath(path: string, own: readonly string[]): Promise<FoundInputs> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) {
    throw new Error(`the input "${path}" does not exist; name files, or folders of files`);
  }
  if (!facts.isDirectory()) {
    return { files: [{ path, name: basename(path) }], litter: [], skipped: [] };
  }
  return searchFolder(path, own);
}

/** The files in a folder and the folders below, by their paths in it. @param own real paths of folders to leave out */
export async function searchFolder(path: string, own: readonly string[] = []): Promise<FoundInputs> {
  const search = new FolderSearch(path, own);
  await search.enter(path, []);
  return search.found();
}

/** Finds the files below one folder. */
class FolderSearch {
  private readonly paths: string[] = [];
  private readonly litter: string[] = [];
  private readonly skipped: SkippedInput[] = [];

  /** @param own real paths of folders that are left out; not if the search begins in them */
  constructor(
    private readonly root: string,
    private readonly own: readonly string[],
  ) {}

  found(): FoundInputs {
    const files = this.paths.sort().map((path) => ({ path, name: relative(this.root, path).replaceAll('\\', '/') }));
    return { files, litter: this.litter, skipped: this.skipped };
  }

  /** @param above real paths of the folders that lead here */
  async enter(folder: string, above: readonly string[]): Promise<void> {
    const real = await realPathOf(folder);
    if (above.length > 0 && this.own.includes(real)) {
      return;
    }
    if (above.includes(real)) {
      this.skip(folder, 'is a link to a folder that it lies in');
      return;
    }
    const way = [...above, real];
    const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(
      ({ code }: NodeJS.ErrnoException) => this.skip(folder, `cannot be read (${code})`),
    );
    for (const entry of entries ?? []) {
      await this.take(entry, folder, way);
    }
  }

  private async take(entry: Dirent<Buffer>, folder: string, way: readonly string[]): Promise<void> {
    const path = join(folder, entry.name.toString('utf8'));
    if (LITTER.test(basename(path))) {
      this.litter.push(path);
    } else if (!isUtf8(entry.name)) {
      this.skip(path, 'has a name that is not UTF-8, which a key must be; rename it');
    } else if (entry.isFile()) {
      this.paths.push(path);
    } else if (entry.isDirectory()) {
      await this.enter(path, way);
    } else if (entry.isSymbolicLink()) {
      await this.follow(path, way);
    } else {
      this.skip(path, 'is not a file');
    }
  }

  private async follow(link: string, way: readonly string[]): Promise<void> {
    const facts = await stat(link).catch(({ code }: NodeJS.ErrnoException) => code);
    if (typeof facts !== 'object') {
      this.skip(link, facts === 'ELOOP' ? 'is a link that leads to itself' : 'is a link to nothing');
    } else if (facts.isDirectory()) {
      await this.enter(link, way);
    } else if (facts.isFile()) {
      this.paths.push(link);
    } else {
      this.skip(link, 'is not a file');
    }
  }

  private skip(path: string, reason: string): void {
    this.skipped.push({ path, reason });
  }
}

/** Where a path leads in the end; itself, if it leads nowhere. */
async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
