import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { agentcoreLocal, CLI } from '../../support/command-line';
import { Scratch } from '../../support/local-batch';
import { python } from '../../support/python';

describe('a machine', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
    await scratch.inputs({ 'a.csv': 'x\n' });
  });

  afterEach(() => scratch.remove());

  const file = async (name: string, content: string): Promise<string> => {
    const path = join(scratch.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode: 0o755 });
    return path;
  };

  /** The arguments of a run; the Python of the tests is added unless they name one. */
  type Breakage = () => Promise<{ args?: string[]; env?: NodeJS.ProcessEnv }>;

  async function run(breakage: Breakage) {
    const { args = [], env } = await breakage();
    const interpreter = args.includes('--python') ? [] : ['--python', await python()];
    return agentcoreLocal(scratch.folder, ['run', 'inputs', ...args, ...interpreter], env);
  }

  describe('that lacks something: one line says what, and the way on, before a session starts', () => {
    test.each<[string, string, RegExp, Breakage]>([
      [
        'a --python that does not exist',
        'count.py',
        /^agentcore-local: The Python interpreter \/.*\/no\/python cannot be run: /,
        async () => ({ args: ['--python', 'no/python'] }),
      ],
      [
        'a --python that cannot start',
        'count.py',
        /^agentcore-local: The Python interpreter \/.*\/broken cannot be run: /,
        async () => ({ args: ['--python', await file('broken', '#!/bin/sh\nexit 1\n')] }),
      ],
      [
        'a --python without IPython',
        'count.py',
        /^agentcore-local: \/.*\/bare has no IPython, which sessions need: \S+ -m pip install ipython, or leave out --python$/,
        async () => {
          const answer = '["/usr", "/usr", "/usr", "/usr"]';
          const program = `#!/bin/sh\ncase "$*" in *IPython*) exit 3;; *) echo '${answer}';; esac\n`;
          return { args: ['--python', await file('bare', program)] };
        },
      ],
      [
        'a package that the script imports',
        'count.py',
        /^agentcore-local: count\.py imports no_such_package, nor_this, which \/.* does not have: install it there \(.* -m pip install NAME\)/,
        async () => {
          const script =
            '"""Doc."""\nimport json, no_such_package.sub\nfrom nor_this import x\nprint(1)\nimport not_looked_at\n';
          return { args: ['--script', await file('script.py', script)] };
        },
      ],
      [
        'Deno, for a script in TypeScript',
        'count.ts',
        /^agentcore-local: count\.ts runs in Deno, but \/no\/deno cannot be run \(ENOENT\): install it .*AGENTCORE_LOCAL_DENO$/,
        async () => ({ env: { AGENTCORE_LOCAL_DENO: '/no/deno' } }),
      ],
      [
        'a folder that the results can be written to',
        'count.py',
        /^agentcore-local: the results cannot be written to "\/proc\/results" \(E[A-Z]+\); name another folder with --out$/,
        async () => ({ args: ['--out', '/proc/results'] }),
      ],
      [
        'a working directory that can be written to',
        'count.py',
        /^agentcore-local: "\.agentcore\/runs", where runs are kept, cannot be written \(E[A-Z]+\): work in another folder$/,
        async () => {
          await file('.agentcore', '');
          return {};
        },
      ],
      [
        'a bubblewrap that starts, where one is required',
        'count.py',
        /^agentcore-local: A sandbox is required, but .*bwrap/,
        async () => {
          const bin = dirname(await file('bin/bwrap', '#!/bin/sh\necho "bwrap: no permissions" >&2\nexit 1\n'));
          return { args: ['--isolation', 'require'], env: { PATH: `${bin}:${process.env.PATH}` } };
        },
      ],
    ])(
      '%s',
      async (_, script, message, breakage) => {
        scratch.synthesize(script);
        const { code, stdout, stderr } = await run(breakage);
        const lines = stderr.trim().split('\n');
        expect(lines.at(-1)).toMatch(message);
        expect(lines).toHaveLength(1);
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(await readdir(join(scratch.folder, '.agentcore/runs')).catch(() => [])).toEqual([]);
      },
      30_000,
    );
  });

  describe('that has more than a run needs: nothing of it gets into the run', () => {
    test.each<[string, Breakage]>([
      [
        'a --python that is named by a relative path',
        async () => {
          await mkdir(join(scratch.folder, 'venv'));
          await symlink(resolve(dirname(await python()), '..'), join(scratch.folder, 'venv/real'));
          return { args: ['--python', 'venv/real/bin/python'] };
        },
      ],
      [
        'settings for AWS and proxies in the environment',
        async () => ({
          env: {
            AWS_USE_FIPS_ENDPOINT: 'true',
            AWS_USE_DUALSTACK_ENDPOINT: 'true',
            AWS_PROFILE: 'no-such-profile',
            AWS_REGION: 'no-such-region',
            AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
            AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9',
            AWS_ACCESS_KEY_ID: 'somebody',
            AWS_SECRET_ACCESS_KEY: 'secret',
            AWS_MAX_ATTEMPTS: 'many',
            HTTP_PROXY: 'http://127.0.0.1:9',
            HTTPS_PROXY: 'http://127.0.0.1:9',
            http_proxy: 'http://127.0.0.1:9',
          },
        }),
      ],
      [
        'settings for AWS in the home folder',
        async () => {
          const lines = [
            '[default]',
            'region = nowhere',
            'use_fips_endpoint = true',
            'endpoint_url = http://127.0.0.1:9',
          ];
          await file('home/.aws/config', lines.join('\n'));
          return { env: { HOME: join(scratch.folder, 'home') } };
        },
      ],
      [
        'options of Node.js',
        async () => {
          const preloaded = await file(
            'preloaded.cjs',
            'if (!require("worker_threads").isMainThread) process.exit(9);\n',
          );
          return { env: { NODE_OPTIONS: `--require=${preloaded}` } };
        },
      ],
      ['no home folder', async () => ({ env: { HOME: undefined, USERPROFILE: undefined } })],
      [
        'a temporary folder with a long path',
        async () => {
          const folder = join(scratch.folder, 't'.repeat(120));
          await mkdir(folder);
          return { env: { TMPDIR: folder } };
        },
      ],
    ])('%s', async (_, breakage) => {
      scratch.synthesize('count.py');
      const { code, stdout, stderr } = await run(breakage);
      expect(`${stderr}${stdout}`).toContain('1 succeeded, 0 failed');
      expect(code).toBe(0);
    });
  });

  test.each(['results', '.agentcore'])('whose disk is full, below %s, says so in one line', async (folder) => {
    scratch.synthesize('count.py');
    const inputs = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`${index}.csv`, 'x'.repeat(400_000)]));
    await scratch.inputs(inputs);
    await mkdir(join(scratch.folder, folder));
    // A file system of its own, in a mount namespace of its own.
    const mounted = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"';
    const command = [process.execPath, CLI, 'run', 'inputs', '--isolation', 'off', '--python', await python()];
    const ended = await promisify(execFile)('unshare', ['-rm', 'sh', '-c', mounted, folder, ...command], {
      cwd: scratch.folder,
      env: { ...process.env, CI: '' },
    }).then(
      () => ({ code: 0, stderr: '' }),
      (error: { code: number; stderr: string }) => error,
    );
    expect(ended.code).toBe(1);
    expect(ended.stderr.trim().split('\n').at(-1)).toMatch(
      /^agentcore-local: no space is left on the disk of ".*": free some/,
    );
  });
});
