import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inputLines } from '../../../lib/local/cli/input-lines';
import { findInputs } from '../../../lib/local/runner/input-files';

describe('the inputs of a local run', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inputs-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(...names: (string | Buffer)[]): Promise<void> {
    for (const name of names) {
      const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name)]);
      await mkdir(dirname(path.toString('latin1')), { recursive: true });
      await writeFile(path, 'x');
    }
  }

  async function find(...names: string[]) {
    const paths = (names.length > 0 ? names : ['in']).map((name) => join(folder, name));
    const { files, litter, skipped } = await findInputs(paths, join(folder, 'in/results'));
    return {
      names: files.map(({ name }) => name),
      litter: litter.map((path) => path.slice(folder.length + 1)),
      skipped: skipped.map(({ path, reason }) => `${path.slice(folder.length + 1)} ${reason}`),
    };
  }

  test('are the files of a folder and of those below, in order, without the results of earlier runs', async () => {
    await write('in/b.csv', 'in/a.csv', 'in/sub/c.csv', 'in/output', 'in/results/report.html');
    expect(await find()).toEqual({ names: ['a.csv', 'b.csv', 'output', 'sub/c.csv'], litter: [], skipped: [] });
    expect((await find('in/results')).names).toEqual(['report.html']);
  });

  test('links are followed: to files, to folders, out of the folder, and to the folder itself', async () => {
    await write('in/a.csv', 'elsewhere/x/b.csv');
    await symlink('a.csv', join(folder, 'in/link.csv'));
    await symlink('../elsewhere', join(folder, 'in/folder'));
    await symlink('in', join(folder, 'named'));
    const names = ['a.csv', 'folder/x/b.csv', 'link.csv'];
    expect(await find()).toEqual({ names, litter: [], skipped: [] });
    expect(await find('named')).toEqual({ names, litter: [], skipped: [] });
  });

  test('what cannot be followed or read is named, and the rest is found', async () => {
    await write('in/a.csv', 'in/sub/b.csv', 'in/results/r.csv');
    await symlink('gone', join(folder, 'in/dangling'));
    await symlink('itself', join(folder, 'in/itself'));
    await symlink('..', join(folder, 'in/sub/up'));
    await symlink('results', join(folder, 'in/to-results'));
    const server = createServer().listen(join(folder, 'in/socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const found = await find();
    await new Promise((resolve) => server.close(resolve));
    expect(found.names).toEqual(['a.csv', 'sub/b.csv']);
    expect(found.skipped.sort()).toEqual([
      'in/dangling is a link to nothing',
      'in/itself is a link that leads to itself',
      'in/socket is not a file',
      'in/sub/up is a link to a folder that it lies in',
    ]);
  });

  test('a name that is not UTF-8 costs that file or folder alone', async () => {
    const latin1 = (name: string) => Buffer.from(name, 'latin1');
    await mkdir(Buffer.concat([Buffer.from(`${folder}/`), latin1('in/f\xfclder')]), { recursive: true });
    await write('in/a.csv', latin1('in/k\xf6ln.csv'), latin1('in/f\xfclder/b.csv'));
    const { names, skipped } = await find();
    expect(names).toEqual(['a.csv']);
    expect(skipped.sort()).toEqual([
      'in/f\ufffdlder has a name that is not UTF-8, which a key must be; rename it',
      'in/k\ufffdln.csv has a name that is not UTF-8, which a key must be; rename it',
    ]);
  });

  test('litter is left out, counted in one line, and taken where it is named itself', async () => {
    const litter = ['.DS_Store', '._a.csv', 'Thumbs.db', 'desktop.ini', '~$a.xlsx', '.~lock.a.ods#', '.git/config'];
    await write('in/a.csv', 'in/.hidden.csv', 'in/~a.csv', 'in/thumbs.db.csv', ...litter.map((name) => `in/${name}`));
    const found = await find();
    expect(found.names).toEqual(['.hidden.csv', 'a.csv', 'thumbs.db.csv', '~a.csv']);
    expect(found.litter.sort()).toEqual(litter.map((name) => `in/${name.split('/')[0]}`).sort());
    expect(inputLines({ files: [], litter: found.litter.sort(), skipped: [] })).toEqual([
      'Left out 7 files of systems, editors or version control: .DS_Store, ._a.csv, .git, .~lock.a.ods#, ...',
    ]);
    expect((await find('in/.DS_Store')).names).toEqual(['.DS_Store']);
  });
});

test('of many that cannot be items, the first are named and the others counted', () => {
  const skipped = Array.from({ length: 12 }, (_, index) => ({ path: `in/${index}`, reason: 'is a link to nothing' }));
  const lines = inputLines({ files: [], litter: [], skipped });
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe('Left out "in/0": it is a link to nothing');
  expect(lines[5]).toBe('Left out 7 more inputs that cannot be an item');
});
