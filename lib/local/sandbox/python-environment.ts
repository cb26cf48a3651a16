import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { endWithProcess } from '../end-with-process';
import { FolderLock } from './folder-lock';
import { assetPath, FONT_CACHE, findProgram } from './programs';

const run = promisify(execFile);

const OLDEST = [3, 10] as const;
const MODULES = ['IPython', 'pandas', 'matplotlib', 'openpyxl'];
/** Written last: an environment without it, or with another content, is not ours or was never finished. */
const FINISHED = 'agentcore-local.json';
const CHECK = `import sys, importlib.util as u
sys.exit(0 if sys.version_info >= ${JSON.stringify(OLDEST).replace('[', '(').replace(']', ')')} and all(u.find_spec(m) for m in ${JSON.stringify(MODULES)}) else 1)`;
const OLD_ENOUGH = `import sys, venv; sys.exit(0 if sys.version_info >= (${OLDEST.join(', ')}) else 1)`;
const WARM_FONTS = 'import matplotlib.font_manager';

export interface PythonEnvironmentOptions {
  /** Where the virtual environment is, or will be made, e.g. `.agentcore/python` of the checkout. */
  readonly folder: string;
  /** Called with what is being done, line by line, when something has to be. */
  readonly onProgress: (line: string) => void;
  /** Ends the making of an environment, which is begun anew the next time. */
  readonly signal?: AbortSignal;
}

/**
 * A Python interpreter with IPython, pandas, matplotlib and openpyxl: the one named in AGENTCORE_LOCAL_PYTHON, the environment
 * in the folder, which is made now, once, with the versions of the service, or else a `python3` that has them in any version.
 * Never throws: where none can be had, it says why in one line.
 */
export async function ensurePythonEnvironment(
  options: PythonEnvironmentOptions,
): Promise<{ python: string } | { reason: string }> {
  try {
    return await ensure(options);
  } catch (error) {
    return { reason: oneLine(error) };
  }
}

async function ensure({
  folder: given,
  onProgress,
  signal,
}: PythonEnvironmentOptions): Promise<{ python: string } | { reason: string }> {
  const named = process.env.AGENTCORE_LOCAL_PYTHON;
  if (named !== undefined && named !== '') {
    return (await succeeds(named, CHECK))
      ? { python: named }
      : {
          reason: `AGENTCORE_LOCAL_PYTHON names ${named}, which is no Python 3.10 or newer with ${MODULES.join(', ')}`,
        };
  }
  const folder = resolve(given);
  const wanted = await wantedContent();
  if (await isFinished(folder, wanted)) {
    return { python: pythonOf(folder) };
  }
  const made = await makeOnce(folder, wanted, { onProgress, signal });
  signal?.throwIfAborted();
  if ('python' in made) {
    return made;
  }
  // Better another version of pandas than none, where packages cannot be had.
  const present = findProgram('python3');
  if (present !== undefined && (await succeeds(present, CHECK))) {
    onProgress(`using ${present} with the versions that it has: ${made.reason}`);
    return { python: present };
  }
  return made;
}

async function makeOnce(
  folder: string,
  wanted: string,
  { onProgress, signal }: Pick<PythonEnvironmentOptions, 'onProgress' | 'signal'>,
): Promise<{ python: string } | { reason: string }> {
  const base = await findBase();
  if (base === undefined) {
    return { reason: 'there is no Python 3.10 or newer with the venv module on the PATH' };
  }
  await mkdir(dirname(folder), { recursive: true });
  const waiting = () => onProgress('waiting for another process that is making the Python environment');
  const lock = await FolderLock.acquire(`${folder}.lock`, waiting, signal);
  try {
    if (!(await isFinished(folder, wanted))) {
      await make(base, folder, wanted, { onProgress, signal });
    }
    return { python: pythonOf(folder) };
  } catch (error) {
    return { reason: oneLine(error) };
  } finally {
    await lock.release();
  }
}

/** Made where it will stay, because the scripts in it carry its path; a half-made one lacks its last file and is made anew. */
async function make(
  base: string,
  folder: string,
  wanted: string,
  { onProgress, signal }: Pick<PythonEnvironmentOptions, 'onProgress' | 'signal'>,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  try {
    onProgress(`making a Python environment in ${folder} (once)`);
    await watched(base, ['-m', 'venv', folder], onProgress, signal);
    const pip = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--retries',
      '1',
      '--timeout',
      '20',
    ];
    onProgress(`installing ${MODULES.join(', ')}`);
    const install = [...pip, '--progress-bar', 'off', '-r', assetPath('requirements.txt')];
    const showPackage = (line: string) => {
      const collecting = /^Collecting ([^\s<>=!~]+)/.exec(line);
      if (collecting !== null) {
        onProgress(`  ${collecting[1]}`);
      }
    };
    await watched(pythonOf(folder), install, showPackage, signal);
    onProgress("making matplotlib's font cache");
    await warmFonts(folder);
    signal?.throwIfAborted();
    const unfinished = join(folder, `${FINISHED}.new`);
    await writeFile(unfinished, wanted);
    await rename(unfinished, join(folder, FINISHED));
    onProgress('the Python environment is ready');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Sessions copy it, so that the first plot in each does not search the machine's fonts. Without it plots are slower, no more. */
async function warmFonts(folder: string): Promise<void> {
  const cache = join(folder, FONT_CACHE);
  await mkdir(cache, { recursive: true });
  await run(pythonOf(folder), ['-c', WARM_FONTS], {
    env: { ...process.env, MPLCONFIGDIR: cache },
    timeout: 120_000,
  }).catch(() => rm(cache, { recursive: true, force: true }));
}

async function findBase(): Promise<string | undefined> {
  for (const name of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) {
    const found = findProgram(name);
    if (found !== undefined && (await succeeds(found, OLD_ENOUGH))) {
      return found;
    }
  }
  return undefined;
}

async function succeeds(python: string, program: string): Promise<boolean> {
  return run(python, ['-c', program], { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}

function pythonOf(folder: string): string {
  return join(folder, 'bin', 'python');
}

/** What a finished environment's mark says: the packages that it was made with. */
async function wantedContent(): Promise<string> {
  const requirements = await readFile(assetPath('requirements.txt'));
  return `${JSON.stringify({ requirements: createHash('sha256').update(requirements).digest('hex') })}\n`;
}

async function isFinished(folder: string, wanted: string): Promise<boolean> {
  const mark = await readFile(join(folder, FINISHED), 'utf8').catch(() => '');
  // The interpreter is a link to the machine's, which may have gone.
  return mark === wanted && existsSync(pythonOf(folder));
}

/** Runs a program and hands on its lines; throws with the last of them when it fails. */
async function watched(
  command: string,
  args: string[],
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  // A process group of its own: what it has started is killed with it.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const kill = () => killGroup(child);
  endWithProcess(child, kill);
  signal?.addEventListener('abort', kill, { once: true });
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on('line', onLine);
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const code = await exitOf(child).finally(() => signal?.removeEventListener('abort', kill));
  signal?.throwIfAborted();
  if (code !== 0) {
    const meaningful = errors.filter((line) => /error/i.test(line));
    throw new Error(
      `${command} ${args.slice(0, 3).join(' ')} failed: ${meaningful.at(-1) ?? errors.at(-1) ?? `code ${code}`}`,
    );
  }
}

function killGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid as number), 'SIGKILL');
  } catch {
    // It has ended, or never began.
  }
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}
