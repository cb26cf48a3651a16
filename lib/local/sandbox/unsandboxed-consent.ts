import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Set to `allow`, it answers for everything that is started with it. */
const VARIABLE = 'AGENTCORE_LOCAL_UNSANDBOXED';

/**
 * The folders in which somebody has agreed to run code without a sandbox. In that person's home and not in the folder, because
 * a repository could bring such an answer along.
 */
function consentFile(): string {
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local/state'), 'agentcore-local', 'unsandboxed.json');
}

/** Whether code may run without a sandbox in a folder, where there is none. */
export function mayRunUnsandboxed(folder = process.cwd()): boolean {
  return process.env[VARIABLE] === 'allow' || readFolders().includes(resolve(folder));
}

export function rememberUnsandboxed(folder = process.cwd()): void {
  const path = consentFile();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, JSON.stringify([...new Set([...readFolders(), resolve(folder)])], null, 2), { mode: 0o600 });
}

function readFolders(): string[] {
  try {
    const folders: unknown = JSON.parse(readFileSync(consentFile(), 'utf8'));
    return Array.isArray(folders) ? folders.filter((folder) => typeof folder === 'string') : [];
  } catch {
    return [];
  }
}
