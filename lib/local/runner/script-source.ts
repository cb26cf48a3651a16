import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BatchDeployment } from './deployment';

const MAX_PARENT_FOLDERS = 5_000;
const NOT_SOURCES = new Set(['node_modules', 'cdk.out', 'build', 'dist', 'results']);

/**
 * The files below a folder that the batch's script was copied from: of its name, with its content. The cloud assembly has
 * the copy, but not where it came from.
 */
export async function findScriptSource({ script, settings }: BatchDeployment, folder = '.'): Promise<string[]> {
  if (script.path === undefined) {
    return [];
  }
  const content = await readFile(script.path);
  const found: string[] = [];
  const folders = [folder];
  for (let looked = 0; looked < MAX_PARENT_FOLDERS; looked++) {
    const next = folders.shift();
    if (next === undefined) {
      break;
    }
    const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
    folders.push(
      ...entries
        .filter((entry) => entry.isDirectory() && mayHoldSources(entry.name))
        .map(({ name }) => join(next, name)),
    );
    for (const { name } of entries.filter((entry) => entry.isFile() && entry.name === settings.script.name)) {
      const path = join(next, name);
      if ((await stat(path)).size === content.length && (await readFile(path)).equals(content)) {
        found.push(path);
      }
    }
  }
  return found;
}

function mayHoldSources(name: string): boolean {
  return !name.startsWith('.') && !NOT_SOURCES.has(name);
}
