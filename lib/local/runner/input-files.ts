import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { LOCAL_FOLDER } from '../local-folder';

/** A file that becomes an item. */
export interface InputFile {
  readonly path: string;
  /** What its key ends in, with forward slashes. */
  readonly name: string;
}

/**
 * The files that are named, and those in the folders that are named, each folder's by their path in it. What local runs
 * write there themselves is no input: else a run's results would be the next one's items.
 *
 * @param output the folder of the results
 *
 * Fails for a path that does not exist, and if two files would have the same key.
 */
export async function findInputs(paths: readonly string[], output: string): Promise<InputFile[]> {
  const own = [output, LOCAL_FOLDER].map((folder) => resolve(folder));
  const found = (await Promise.all(paths.map((path) => filesOf(path, own)))).flat();
  const byName = new Map<string, string>();
  for (const { path, name } of found) {
    const other = byName.get(name);
    if (other !== undefined && other !== path) {
      throw new Error(`the inputs "${other}" and "${path}" would have the same key, ending in "${name}"`);
    }
    byName.set(name, path);
  }
  return found;
}

async function filesOf(path: string, own: readonly string[]): Promise<InputFile[]> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) {
    throw new Error(`the input "${path}" does not exist; name files, or folders of files`);
  }
  if (!facts.isDirectory()) {
    return [{ path, name: basename(path) }];
  }
  // A folder that is named itself is meant, whatever it is.
  const leftOut = own.filter((folder) => folder.startsWith(resolve(path) + sep)).map((folder) => folder + sep);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !leftOut.some((folder) => resolve(file).startsWith(folder)))
    .sort()
    .map((file) => ({ path: file, name: relative(path, file).replaceAll('\\', '/') }));
}
