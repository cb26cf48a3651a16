import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RunSummary } from '../../contract/batch';
import type { BatchItem } from '../../contract/batch-item';
import type { RunLayout } from '../../contract/layout';
import { isItemId } from '../../runtime/batch/item-id';
import { mapConcurrently } from '../../runtime/concurrency';
import type { ObjectStorage } from './storage/object-storage';
import type { ObjectFacts } from './storage/object-table';

const FILE_CONCURRENCY = 16;

/** Fails if results cannot be written to a folder: better before a run than after it. Leaves no trace. */
export async function requireFolder(output: string): Promise<void> {
  const there = await stat(output).catch(({ code }: NodeJS.ErrnoException) => code === 'ENOTDIR' && 'below a file');
  if (there && (there === 'below a file' || !there.isDirectory())) {
    throw new Error(
      `the results are to go to "${output}", which is ${there === 'below a file' ? there : 'a file'}; name a folder`,
    );
  }
  await tryWriting(output).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`the results cannot be written to "${output}" (${code}); name another folder with --out`);
  });
}

/** By writing, since rights alone do not tell: a file system may be read-only or full. */
async function tryWriting(output: string): Promise<void> {
  const existing = await nearestFolder(resolve(output));
  const probe = await mkdtemp(join(existing, '.agentcore-local-'));
  try {
    await writeFile(join(probe, 'probe'), Buffer.alloc(4096));
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

async function nearestFolder(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  return there || dirname(path) === path ? path : nearestFolder(dirname(path));
}

/** Copies what a run has left in the bucket into a folder, replacing what an earlier run left there. */
export async function exportRun(
  storage: ObjectStorage,
  bucket: string,
  layout: RunLayout,
  output: string,
): Promise<void> {
  await removeItems(output);
  await removeReport(output, layout);
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
  const wanted = ({ key }: ObjectFacts) => staysInside(key) && !isOfWorkflow(key.slice(layout.prefix.length));
  const objects = withoutClashes(storage.table.list(bucket, layout.prefix).filter(wanted));
  for await (const _ of mapConcurrently(objects, FILE_CONCURRENCY, copy)) {
    // Each is done once it is written.
  }
}

/** What only the workflow works with, an object for each execution: a folder would gather those of all runs. */
function isOfWorkflow(path: string): boolean {
  return path.startsWith('map/') || path.startsWith('pending/');
}

/** Code in a session may write objects of any key, and its results must not get out of the output folder. */
function staysInside(key: string): boolean {
  return key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** In a bucket, `x` and `x/y` can be side by side, such as files of two attempts at an item. In a folder the newer one is. */
function withoutClashes(objects: readonly ObjectFacts[]): ObjectFacts[] {
  const byKey = new Map(objects.map((object) => [object.key, object]));
  const left = new Set(objects);
  for (const object of objects) {
    for (let end = object.key.indexOf('/'); end >= 0; end = object.key.indexOf('/', end + 1)) {
      const above = byKey.get(object.key.slice(0, end));
      if (above) {
        left.delete(above.lastModified > object.lastModified ? object : above);
      }
    }
  }
  return [...left];
}

/** Only folders of items that the manifest there names: nothing that somebody else has put into the folder. */
async function removeItems(output: string): Promise<void> {
  const manifest = await readFile(join(output, 'manifest.jsonl'), 'utf8').catch(() => '');
  const ids = manifest.split('\n').flatMap(idIn);
  for await (const _ of mapConcurrently(ids, FILE_CONCURRENCY, (id) =>
    rm(join(output, 'items', id), { recursive: true, force: true }),
  )) {
    // Each is done once it is gone.
  }
}

/** What stands at the end of a run, of which a run that is stopped writes nothing: a report of other items would stay. */
async function removeReport(output: string, layout: RunLayout): Promise<void> {
  const { combined, prefix } = layout;
  const summary = summaryIn(await readFile(join(output, 'summary.json'), 'utf8').catch(() => ''));
  if (summary === undefined) {
    return;
  }
  const keys = [layout.report, layout.results, layout.table, layout.spreadsheet, layout.symlink, layout.summary];
  if (summary.combined) {
    const files = (summary.combined.files ?? []).map(({ path }) => combined.itemFile('', path)).filter(staysInside);
    keys.push(combined.itemResult(''), combined.itemStream('', 'stdout'), combined.itemStream('', 'stderr'), ...files);
  }
  await Promise.all(keys.map((key) => rm(join(output, key.slice(prefix.length)), { force: true })));
}

/** Nothing for somebody else's file of this name. */
function summaryIn(text: string): Partial<RunSummary> | undefined {
  try {
    const summary = JSON.parse(text) as Partial<RunSummary>;
    return typeof summary.runId === 'string' && typeof summary.reportKey === 'string' ? summary : undefined;
  } catch {
    return undefined;
  }
}

function idIn(line: string): string[] {
  try {
    const { id } = JSON.parse(line) as Partial<BatchItem>;
    return typeof id === 'string' && isItemId(id) ? [id] : [];
  } catch {
    return [];
  }
}
