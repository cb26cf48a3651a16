import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionFiles } from '../../../lib/local/sandbox/session-files';

describe.each(['descriptor', 'path'] as const)('the files of a session, reached by %s', (reach) => {
  let folder: string;
  let root: string;
  let files: SessionFiles;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'session-files-'));
    root = join(folder, 'work');
    mkdirSync(join(root, 'kept'), { recursive: true });
    mkdirSync(join(folder, 'outside'));
    writeFileSync(join(folder, 'outside/secret.txt'), 'secret');
    symlinkSync(join(folder, 'outside'), join(root, 'link'));
    files = await SessionFiles.open(root, undefined, reach);
  });
  afterEach(async () => {
    await files.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (path: string, text: string) => files.write(path, (file) => file.writeFile(text));
  const read = (path: string) => files.read(path, async (file) => String(await file.readFile()));

  test('are written with the folders on the way, read and listed', async () => {
    await write('a/b/c/file.txt', 'one');
    await write('a/b/other.txt', 'two');
    expect(readFileSync(join(root, 'a/b/c/file.txt'), 'utf8')).toBe('one');
    expect(await read('./a//b/other.txt')).toBe('two');
    expect(await files.list('a/b')).toEqual([
      { name: 'c', directory: true, bytes: expect.any(Number) },
      { name: 'other.txt', directory: false, bytes: 3 },
    ]);
    expect((await files.list('')).map(({ name }) => name)).toEqual(['a', 'kept', 'link']);
  });

  test('are removed, with all that is in a folder, and links without what they point to', async () => {
    await write('a/b/c/file.txt', 'one');
    symlinkSync(join(folder, 'outside'), join(root, 'a/b/link'));
    await files.remove('a');
    await files.remove('link');
    expect(readdirSync(root)).toEqual(['kept']);
    expect(readdirSync(join(folder, 'outside'))).toEqual(['secret.txt']);
  });

  test('are not reached through a link', async () => {
    symlinkSync(join(folder, 'outside/secret.txt'), join(root, 'kept/link'));
    const attempts = [
      () => read('kept/link'),
      () => write('kept/link', 'x'),
      () => files.list('link'),
      () => read('link/secret.txt'),
      () => write('link/new/x', 'x'),
      () => files.remove('link/secret.txt'),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toThrow(/symbolic link, which file operations do not follow/);
    }
    expect(readFileSync(join(folder, 'outside/secret.txt'), 'utf8')).toBe('secret');
    expect(readdirSync(join(folder, 'outside'))).toEqual(['secret.txt']);
  });

  test.each([
    ['/etc/passwd', 'is absolute'],
    ['a/../../x', "'..' is not allowed"],
    ['a\0b', 'no NUL character'],
    ['x/'.repeat(2_100), 'at most 4096 bytes'],
    ['.', 'names no file'],
    ['missing/x', 'No such file or directory'],
    ['kept', 'kept is a directory'],
  ])('refuse to read %j', async (path, reason) => {
    await expect(read(path)).rejects.toThrow(reason);
  });

  test('have no pipes: nobody waits for the other end of one', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(read('pipe')).rejects.toThrow('pipe is not a regular file');
    await expect(write('pipe', 'x')).rejects.toThrow('pipe: Not a regular file');
    await files.remove('pipe');
    expect(existsSync(join(root, 'pipe'))).toBe(false);
  });

  test('are refused when the session has ended, even if they have been got hold of before', async () => {
    await files.close();
    await expect(read('kept/x')).rejects.toThrow('kept/x: the session has ended');
  });

  test('are let go of only when what is under way is done', async () => {
    let release: () => void = () => {};
    const filling = new Promise<void>((entered) => {
      release = entered;
    });
    const writing = files.write('slow.txt', async (file) => {
      release();
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await file.writeFile('whole');
    });
    await filling;
    const closing = files.close();
    release();
    await Promise.all([writing, closing]);
    expect(readFileSync(join(root, 'slow.txt'), 'utf8')).toBe('whole');
  });
});

describe('removing a folder of a session', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'session-files-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('removes names that are not UTF-8', async () => {
    mkdirSync(join(root, 'folder'));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/folder/`), Buffer.from([0xff, 0xfe])]), 'x');
    const files = await SessionFiles.open(root);
    await files.remove('folder');
    await files.close();
    expect(readdirSync(root)).toEqual([]);
  });

  test('stops at a depth that would use up the descriptors of the emulator, and leaves none open', async () => {
    mkdirSync(join(root, 'deep', 'd/'.repeat(400)), { recursive: true });
    const files = await SessionFiles.open(root);
    const open = () => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
    const before = open();
    await expect(files.remove('deep')).rejects.toThrow(/deep: nested more than 256 folders deep/);
    expect(open()).toBe(before);
    await files.close();
  });
});
