import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FolderLock } from '../../lib/local/sandbox/folder-lock';

const run = promisify(execFile);
const FOLDER = join(__dirname, '../../.agentcore/npm');

/**
 * The folder of a package that is installed without running its scripts, once in the checkout. For packages whose scripts
 * compile what the tests do not use, with tools that a machine may lack.
 */
export async function npmPackage(name: string, version: string): Promise<string> {
  const folder = join(FOLDER, `${name}-${version}`);
  const installed = join(folder, 'node_modules', name);
  await mkdir(FOLDER, { recursive: true });
  const lock = await FolderLock.acquire(`${folder}.lock`, () => {});
  try {
    if (!existsSync(join(folder, 'finished'))) {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${version}`];
      await run('npm', args, { timeout: 120_000 });
      await mkdir(join(folder, 'finished'));
    }
    return installed;
  } finally {
    await lock.release();
  }
}
