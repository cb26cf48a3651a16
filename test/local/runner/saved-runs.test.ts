import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_SAVED_RUNS, type SavedRunMetadata, SavedRuns } from '../../../lib/local/runner/saved-runs';
import { ObjectStorage } from '../../../lib/local/runner/storage/object-storage';

const FACTS = {
  batch: 'Sales',
  app: '/cdk.out',
  inputs: ['/data'],
  out: '/results',
  isolation: 'auto',
  request: {},
} as const;

describe('the runs that are kept', () => {
  let folder: string;
  let runs: SavedRuns;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saved-runs-'));
    runs = new SavedRuns(join(folder, 'runs'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A run whose items have been planned. */
  function begin(name: string, metadata: Partial<SavedRunMetadata> = {}): void {
    runs.create({ ...FACTS, ...metadata }, name).write({ status: 'unfinished' });
  }

  test('two runs that begin in the same second get names of their own', () => {
    const names = [1, 2, 3].map(() => runs.create(FACTS, '2026-11-24T10-00-00').metadata.runId);
    expect(names).toEqual(['2026-11-24T10-00-00', '2026-11-24T10-00-00-2', '2026-11-24T10-00-00-3']);
  });

  test('are found by their id, with what they were started with', () => {
    begin('first', { limit: 5, request: { parameters: { currency: 'EUR' } } });
    expect(runs.find('first').metadata).toEqual({
      ...FACTS,
      version: 1,
      runId: 'first',
      status: 'unfinished',
      limit: 5,
      request: { parameters: { currency: 'EUR' } },
    });
  });

  test.each(['never', '../first', ''])('there is no run "%s", but those that there are', (id) => {
    runs.create(FACTS, 'first').write({ status: 'failed' });
    expect(() => runs.find(id)).toThrow(`no run "${id}" in ${runs.folder}; saved runs: first (Sales, failed)`);
  });

  test('the newest unfinished one is gone on with, of a batch or of all', () => {
    begin('a1');
    runs.create(FACTS, 'a2').write({ status: 'succeeded' });
    begin('b1', { batch: 'Other' });
    runs.create(FACTS, 'c1');
    expect(runs.newestUnfinished().metadata.runId).toBe('b1');
    expect(runs.newestUnfinished('Sales').metadata.runId).toBe('a1');
    expect(() => runs.newestUnfinished('Third')).toThrow(
      `no unfinished run of batch "Third" in ${runs.folder}; saved runs: a1 (Sales, unfinished), a2 (Sales, succeeded), b1 (Other, unfinished), c1 (Sales, starting)`,
    );
    expect(() => new SavedRuns(join(folder, 'none')).newestUnfinished()).toThrow('; there are no saved runs');
  });

  test('one that was stopped before its items were planned cannot be gone on with', () => {
    runs.create(FACTS, 'a1');
    expect(() => runs.find('a1')).toThrow('run "a1" was stopped before its items were planned; start it again');
  });

  test(`the newest ${MAX_SAVED_RUNS} of a batch are kept; those in use stay, and those of other batches`, async () => {
    const names = Array.from({ length: 8 }, (_, index) => `2026-11-24T10-00-0${index}`);
    const made = names.map((name) => runs.create(FACTS, name));
    runs.create({ ...FACTS, batch: 'Other' }, '2026-01-01T00-00-00');
    for (const { storage } of made) {
      ObjectStorage.inFolder(storage).close();
    }
    const inUse = ObjectStorage.inFolder(made[1]?.storage ?? '');
    expect(runs.prune('Sales')).toBe(2);
    expect((await readdir(runs.folder)).sort()).toEqual(['2026-01-01T00-00-00', names[1], ...names.slice(3)]);
    inUse.close();
    expect(runs.prune('Sales')).toBe(1);
    expect(runs.prune('Sales')).toBe(0);
  });

  test('one whose table cannot be read any more is removed like any other', async () => {
    const [first] = Array.from({ length: MAX_SAVED_RUNS + 1 }, (_, index) => runs.create(FACTS, `run-${index}`));
    const storage = first?.storage ?? '';
    await mkdir(storage);
    await writeFile(join(storage, 'objects.db'), 'no database'.repeat(1000));
    expect(runs.prune('Sales')).toBe(1);
    expect(await readdir(runs.folder)).not.toContain('run-0');
  });

  test('a folder that a killed process left half made is no run', async () => {
    await mkdir(join(runs.folder, 'half'), { recursive: true });
    expect(runs.all()).toEqual([]);
    expect(() => runs.find('half')).toThrow('there are no saved runs');
  });
});
