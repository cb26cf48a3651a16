/**
 * Many small items in one run: every one accounted for once, and no session left. Prints how long it took; with what the
 * local S3 holds kept in a folder, as the command line keeps it, how large that is, too.
 *
 *   npm run bench:many [items] [items per session] [kept]
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Scratch } from '../test/support/local-batch';

const [items, itemsPerSession, kept] = process.argv.slice(2);
const ITEMS = Number(items ?? 10_000);
const ITEMS_PER_SESSION = Number(itemsPerSession ?? 250);

async function main(): Promise<void> {
  const scratch = await Scratch.make();
  try {
    scratch.synthesize('count.py', { itemsPerSession: ITEMS_PER_SESSION, maxConcurrency: 4 });
    const files = Array.from({ length: ITEMS }, (_, index) => [`f${String(index).padStart(6, '0')}.csv`, 'a\n']);
    const inputs = await scratch.inputs(Object.fromEntries(files));
    const storage = kept === 'kept' ? join(scratch.folder, 's3') : undefined;
    const { outcome, summary, sessionsStarted, sessionsLeft } = await scratch.run([inputs], { storage });
    console.log(`${outcome.status}: ${JSON.stringify(summary?.counts)} in ${summary?.durationSeconds.toFixed(0)} s`);
    console.log(
      `${(await scratch.itemResults()).size} results, ${sessionsStarted} sessions, ${sessionsLeft} left open`,
    );
    if (storage !== undefined) {
      console.log(`kept in ${((await bytesIn(storage)) / 1e6).toFixed(0)} MB`);
    }
  } finally {
    await scratch.remove();
  }
}

async function bytesIn(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

void main();
