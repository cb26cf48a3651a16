import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BatchItem } from '../../contract/batch-item';
import type { RunLayout } from '../../contract/layout';
import { mapConcurrently } from '../../runtime/concurrency';
import type { ObjectStorage } from './storage/object-storage';

const FILES_AT_ONCE = 16;

/** Copies what a run has left in the bucket into a folder, in the place of the items that an earlier run left there. */
export async function exportRun(
  storage: ObjectStorage,
  bucket: string,
  layout: RunLayout,
  output: string,
): Promise<void> {
  await removeItems(output);
  const made = new Map<string, Promise<unknown>>();
  const copy = async ({ key }: { key: string }) => {
    const path = join(output, ...key.slice(layout.prefix.length).split('/'));
    const folder = dirname(path);
    const making = made.get(folder) ?? mkdir(folder, { recursive: true });
    made.set(folder, making);
    await making;
    await storage.copyTo(bucket, key, path);
  };
  await mkdir(output, { recursive: true });
  const objects = storage.table.list(bucket, layout.prefix).filter(({ key }) => staysInside(key));
  for await (const _ of mapConcurrently(objects, FILES_AT_ONCE, copy)) {
    // Each is done once it is written.
  }
}

/** Code in a session may write objects of any key, and its results must not get out of the output folder. */
function staysInside(key: string): boolean {
  return key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Only folders of items that the manifest there names: nothing that somebody else has put into the folder. */
async function removeItems(output: string): Promise<void> {
  const manifest = await readFile(join(output, 'manifest.jsonl'), 'utf8').catch(() => '');
  const ids = manifest.split('\n').flatMap(idIn);
  for await (const _ of mapConcurrently(ids, FILES_AT_ONCE, (id) =>
    rm(join(output, 'items', id), { recursive: true, force: true }),
  )) {
    // Each is done once it is gone.
  }
}

function idIn(line: string): string[] {
  try {
    const { id } = JSON.parse(line) as Partial<BatchItem>;
    return typeof id === 'string' && /^\d{6,}[A-Za-z0-9._-]*$/.test(id) ? [id] : [];
  } catch {
    return [];
  }
}
