/** @needs Python */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunLayout } from '../../../lib/contract/layout';
import { readDeployment } from '../../../lib/local/runner/deployment';
import { exportRun } from '../../../lib/local/runner/export-run';
import { findScriptSource } from '../../../lib/local/runner/script-source';
import { ObjectStorage } from '../../../lib/local/runner/storage/object-storage';
import { SCRIPTS, Scratch } from '../../support/local-batch';

describe('a run from a program', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('count.py', { itemsPerSession: 1, maxConcurrency: 1 });
  });

  afterEach(() => scratch.remove());

  test('keeps nothing but its results, unless a folder is named for the rest', async () => {
    await scratch.run([await scratch.inputs({ 'a.csv': 'x' })]);
    expect((await readdir(scratch.folder)).sort()).toEqual(['cdk.out', 'inputs', 'results']);
  });

  test('is stopped at the first failure, and goes on from the folder of its storage', async () => {
    const storage = join(scratch.folder, 'kept');
    const inputs = await scratch.inputs({ 'a.csv': 'x', 'raise.csv': 'x', 'z.csv': 'x' });
    const first = await scratch.run([inputs], { storage, failFast: true });
    expect(first.outcome.status).toBe('ABORTED');
    expect(first.summary).toBeUndefined();
    expect(first.firstFailure).toMatchObject({ id: '000002-raise.csv', error: { name: 'ScriptFailed' } });
    expect(first.items).toEqual({ planned: 3, toDo: 3, ended: 2, of: undefined });
    expect(first.sessionsLeft).toBe(0);

    const script = join(scratch.folder, 'corrected.py');
    await writeFile(script, 'print("fine")\n');
    const second = await scratch.run([], { storage, script, request: { runId: first.runId } });
    expect(second.runId).toBe(first.runId);
    expect(second.summary?.counts).toEqual({ total: 3, succeeded: 2, failed: 0, skipped: 1 });
  });

  test('that was told to stop before it began does nothing', async () => {
    const inputs = await scratch.inputs({ 'a.csv': 'x' });
    const reason = new Error('stopped');
    await expect(scratch.run([inputs], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await readdir(scratch.folder)).not.toContain('results');
  });

  test('with a limit, runs the first items of a list that the request names', async () => {
    const inputs = await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x', 'c.csv': 'x' });
    const items = ['incoming/c.csv', { key: 'incoming/a.csv', parameters: { currency: 'EUR' } }, 'incoming/b.csv'];
    const request = { items, parameters: { year: 2026 } };
    const { items: counts } = await scratch.run([inputs], { request, limit: 2 });
    expect(counts).toEqual({ planned: 2, toDo: 2, ended: 2, of: 3 });
    const results = await scratch.itemResults();
    expect([...results.keys()]).toEqual(['c.csv', 'a.csv']);
    expect(results.get('a.csv')?.row?.parameters).toEqual({ year: 2026, currency: 'EUR' });
  });
});

describe('what a run has left in the bucket', () => {
  test('is copied into the output folder, and into no other, whatever keys code in a session has chosen', async () => {
    const scratch = await Scratch.make();
    try {
      const storage = ObjectStorage.inMemory();
      storage.table.addBucket('data');
      const layout = new RunLayout('Batch', 'run');
      for (const key of ['fine.txt', 'a/../../../evil.txt', '../evil.txt', 'a//evil.txt', './evil.txt']) {
        storage.put('data', `${layout.prefix}${key}`, Buffer.from('x'));
      }
      await mkdir(scratch.results);
      await exportRun(storage, 'data', layout, scratch.results);
      expect(await readdir(scratch.folder, { recursive: true })).toEqual(['results', join('results', 'fine.txt')]);
    } finally {
      await scratch.remove();
    }
  });
});

describe('keys that cannot both be files', () => {
  test('do not cost a run its results: the newer one is copied', async () => {
    const scratch = await Scratch.make();
    try {
      const storage = ObjectStorage.inMemory();
      storage.table.addBucket('data');
      const layout = new RunLayout('Batch', 'run');
      const put = (key: string, second: number) => {
        const facts = { key: `${layout.prefix}${key}`, bytes: 1, etag: '""', contentType: 'text/plain', details: {} };
        storage.table.put('data', { ...facts, lastModified: new Date(second * 1000) }, { body: Buffer.from('x') });
      };
      put('files/older', 1);
      put('files/older/newer/file', 2);
      put('files/newer', 2);
      put('files/newer/older/file', 1);
      await exportRun(storage, 'data', layout, scratch.results);
      const files = await readdir(join(scratch.results, 'files'), { recursive: true });
      expect(files.sort()).toEqual(['newer', 'older', join('older', 'newer'), join('older', 'newer/file')]);
    } finally {
      await scratch.remove();
    }
  });
});

describe('the source of a script', () => {
  test('is what has its name and its content, outside of what is made or installed', async () => {
    const scratch = await Scratch.make();
    try {
      scratch.synthesize('count.py');
      const deployment = readDeployment(scratch.assembly);
      const content = await readFile(join(SCRIPTS, 'count.py'), 'utf8');
      const write = async (folder: string, text: string) => {
        await mkdir(join(scratch.folder, folder), { recursive: true });
        await writeFile(join(scratch.folder, folder, 'count.py'), text);
      };
      await write('analyses', content);
      await write('old', `${content}# older\n`);
      await write('node_modules/copy', content);
      await write('.hidden', content);
      expect(await findScriptSource(deployment, scratch.folder)).toEqual([join(scratch.folder, 'analyses/count.py')]);
      await write('twice', content);
      expect(await findScriptSource(deployment, scratch.folder)).toHaveLength(2);
    } finally {
      await scratch.remove();
    }
  });
});
