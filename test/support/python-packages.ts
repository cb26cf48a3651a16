import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FolderLock } from '../../lib/local/sandbox/folder-lock';
import { python } from './python';

const run = promisify(execFile);
const FOLDER = join(__dirname, '../../.agentcore');

/** Why packages of PyPI cannot be had, if that is so. Where some were installed before, it is not asked again. */
export async function probePackageIndex(): Promise<string | undefined> {
  if (existsSync(join(FOLDER, 'clients/finished.json')) && existsSync(join(FOLDER, 'aws-cli/finished.json'))) {
    return undefined;
  }
  const download = ['-m', 'pip', 'install', '--quiet', '--dry-run', '--ignore-installed', '--no-deps'];
  const options = ['--retries', '1', '--timeout', '20', '--disable-pip-version-check', 'boto3'];
  return python()
    .then((path) => run(path, [...download, ...options], { timeout: 60_000 }))
    .then(() => undefined, lastLine);
}

/**
 * A Python with published packages, in an environment of its own that is made once in the checkout.
 *
 * @param name of the environment's folder in `.agentcore`
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const folder = join(FOLDER, name);
  const made = join(folder, 'bin/python');
  const mark = join(folder, 'finished.json');
  const wanted = JSON.stringify(packages);
  await mkdir(FOLDER, { recursive: true });
  const lock = await FolderLock.acquire(`${folder}.lock`, () => {});
  try {
    if (!existsSync(made) || (await readFile(mark, 'utf8').catch(() => '')) !== wanted) {
      await rm(folder, { recursive: true, force: true });
      await run(await python(), ['-m', 'venv', folder]);
      const install = ['-m', 'pip', 'install', '--quiet', '--retries', '1', '--timeout', '20', ...packages];
      await run(made, install, { timeout: 280_000 });
      await writeFile(mark, wanted);
    }
    return made;
  } finally {
    await lock.release();
  }
}

function lastLine(error: Error): string {
  return error.message.split('\n').filter(Boolean).at(-1) ?? '';
}
