import { type InvokerTarget, openTarget } from '../support/invoker-target';

/** Links that code leaves behind, to files and folders inside and outside of its working directory. */
const LINKING = `
import os
os.makedirs('real/inner')
for name in ('real/a.txt', 'real/inner/b.txt', 'plain.txt'):
    open(name, 'w').write(name)
os.symlink('/etc/passwd', 'passwd.txt')
os.symlink('/etc', 'etc')
os.symlink('..', 'real/up')
os.symlink('inner', 'real/linked')
os.symlink('real', 'real-link')
os.symlink('a.txt', 'real/same.txt')
os.symlink('nowhere', 'dangling.txt')
os.symlink('loop', 'loop')
os.mkfifo('pipe.txt')
os.link('plain.txt', 'hard.txt')
`;

const REFUSED = 'it is a link, or in a folder that is one: links are not followed';

describe('links among the outputs', () => {
  let target: InvokerTarget;

  beforeAll(async () => {
    target = await openTarget();
  });

  afterAll(() => target.close());

  async function outputs(...patterns: string[]) {
    const { files, stderr } = await target.invoke({ code: LINKING, outputs: patterns });
    expect(stderr).toBe('');
    return files.map(({ path, text, error }) => [path, error ?? text]);
  }

  test.each([
    ['*.txt', ['hard.txt', 'plain.txt']],
    ['real/**', ['real/a.txt', 'real/inner/b.txt']],
    ['**/*.txt', ['hard.txt', 'plain.txt', 'real/a.txt', 'real/inner/b.txt']],
  ])('are not among what the pattern %s names', async (pattern, paths) => {
    expect((await outputs(pattern)).map(([path]) => path)).toEqual(paths);
  });

  test.each(['etc/*', 'real-link/*', 'real-link/**', 'real/up/**', 'etc/**/passwd', 'loop/**'])(
    'are not followed by the pattern %s',
    async (pattern) => {
      expect(await outputs(pattern)).toEqual([[pattern, REFUSED]]);
    },
  );

  test.each([
    'passwd.txt',
    'etc/passwd',
    'real/same.txt',
    'real/linked/b.txt',
    'real/up/plain.txt',
    'real-link/a.txt',
    'dangling.txt',
    'loop',
  ])('are refused by name: %s', async (path) => {
    expect(await outputs(path)).toEqual([[path, REFUSED]]);
  });

  test('do not cost the files beside them', async () => {
    expect(await outputs('passwd.txt', 'plain.txt', 'pipe.txt')).toEqual([
      ['passwd.txt', REFUSED],
      ['pipe.txt', 'there is no such file'],
      ['plain.txt', 'plain.txt'],
    ]);
  });
});
