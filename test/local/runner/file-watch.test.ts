import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileWatch } from '../../../lib/local/runner/file-watch';

describe('a watch of files', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'file-watch-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('tells of each change once, also of one that came while nobody was waiting', async () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    await writeFile(one, '');
    const watch = new FileWatch(async () => [one, other]);
    const never = new AbortController().signal;
    await watch.look();
    await writeFile(one, 'changed');
    expect(await watch.next(never)).toEqual([one]);
    await writeFile(other, 'made');
    expect(await watch.next(never)).toEqual([other]);
    await rm(one);
    expect(await watch.next(never)).toEqual([one]);
    expect(await watch.next(AbortSignal.abort())).toEqual([]);
  });
});
