import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { probeIsolation } from '../../lib/local/sandbox/isolation';
import { ensurePythonEnvironment } from '../../lib/local/sandbox/python-environment';
import { chromiumPath } from './chromium-path';
import { PYTHON_FOLDER } from './python';
import { probePackageIndex } from './python-packages';

const run = promisify(execFile);

/** What tests may need of the machine, beside Node.js: each tells what is missing, or nothing. */
const PROBES = {
  bubblewrap: () =>
    probeIsolation('require', process.execPath).then(
      () => undefined,
      (error: Error) => error.message,
    ),
  'namespaces of its own': () => succeeds('unshare', [...ownNamespaces(), 'ip', 'link', 'set', 'lo', 'up']),
  Chromium: async () => {
    const path = chromiumPath();
    return path === undefined ? 'install Chromium, or name one in CHROMIUM_PATH' : succeeds(path, ['--version']);
  },
  /** Python with the packages of the sandboxes, for which this makes an environment. */
  Python: async () => {
    const onProgress = (line: string) => process.stderr.write(`${line}\n`);
    const found = await ensurePythonEnvironment({ folder: PYTHON_FOLDER, onProgress });
    return 'reason' in found ? found.reason : undefined;
  },
  PyPI: probePackageIndex,
} satisfies Record<string, () => Promise<string | undefined>>;

export type Requirement = keyof typeof PROBES;

const MISSING = 'AGENTCORE_TEST_MISSING';

/** The arguments of `unshare` for a program that may do to its processes, mounts and network whatever it likes. */
export function ownNamespaces(): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return [...user, '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
}

/** Asks the machine once, before all tests, which inherit the answer. */
export async function probeRequirements(): Promise<void> {
  const names = Object.keys(PROBES) as Requirement[];
  const found = await Promise.all(names.map(async (name) => [name, await PROBES[name]()] as const));
  process.env[MISSING] = JSON.stringify(Object.fromEntries(found));
}

/**
 * Tests that need something of the machine. Where it is missing they are skipped under a name that says so; on CI, which
 * is to test everything, they fail. Where all tests of a file need it, the comment `@needs` in its head does the same.
 */
export function describeWith(need: Requirement, title: string, tests: () => void): void {
  const missing = (JSON.parse(process.env[MISSING] ?? '{}') as Partial<Record<Requirement, string>>)[need];
  if (missing === undefined) {
    describe(title, tests);
  } else if (process.env.CI === 'true') {
    test(`${title}: needs ${need}`, () => {
      throw new Error(`This machine has no ${need}, which CI must have: ${missing}`);
    });
  } else {
    describe.skip(`${title} [skipped: needs ${need}: ${missing.split('\n')[0]}]`, tests);
  }
}

/** Tests of what must hold in a sandbox and without one. */
export function describeWithAndWithoutSandbox(title: string, tests: (isolation: 'require' | 'off') => void): void {
  describeWith('bubblewrap', `${title}, in a sandbox`, () => tests('require'));
  describe(`${title}, without a sandbox`, () => tests('off'));
}

async function succeeds(program: string, args: string[]): Promise<string | undefined> {
  return run(program, args, { timeout: 20_000 }).then(
    () => undefined,
    (error: Error & { stderr?: string }) => (error.stderr?.trim() || error.message).split('\n').at(-1),
  );
}
