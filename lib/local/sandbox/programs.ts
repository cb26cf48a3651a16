import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The files of ours that run inside a session: beside this module in the sources, in `assets/` beside the bundle. */
export function assetPath(name: string): string {
  return join(__dirname, 'assets', name);
}

/** The full path of a program on the PATH, or undefined. */
export function findProgram(name: string, searchPath = process.env.PATH ?? ''): string | undefined {
  return searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Deno's binary: AGENTCORE_LOCAL_DENO, else npm's `deno` package, else the PATH. */
export function findDeno(): string | undefined {
  const named = process.env.AGENTCORE_LOCAL_DENO;
  if (named !== undefined && named !== '') {
    return named;
  }
  return denoOfPackage() ?? findProgram('deno');
}

function denoOfPackage(): string | undefined {
  try {
    const folder = dirname(createRequire(__filename).resolve('deno/package.json'));
    const binary = join(folder, process.platform === 'win32' ? 'deno.exe' : 'deno');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** A Python interpreter and the folders that it needs to run. */
export interface PythonInstallation {
  readonly executable: string;
  /** The virtual environment's folder and that of the Python it was made from. */
  readonly prefixes: string[];
  /** A font cache of matplotlib made beforehand, if there is one. */
  readonly fontCache?: string;
}

/** Where {@link ensurePythonEnvironment} leaves matplotlib's font cache, relative to the environment. */
export const FONT_CACHE = join('share', 'agentcore-local', 'matplotlib');

const INSPECT =
  'import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix]))';

/** The absolute path of a program that a person names: sessions run in other folders than the one that they were in. */
export function pathOfProgram(name: string): string {
  return name.includes('/') ? resolve(name) : (findProgram(name) ?? name);
}

/** Asks an interpreter where it lives. Throws, with what was tried, when it cannot be run. */
export async function inspectPython(name: string): Promise<PythonInstallation> {
  const executable = pathOfProgram(name);
  const { stdout } = await run(executable, ['-I', '-c', INSPECT], { timeout: 20_000 }).catch((error: Error) => {
    throw new Error(`The Python interpreter ${executable} cannot be run: ${error.message.split('\n')[0]}`);
  });
  const answer: unknown = JSON.parse(stdout);
  const prefixes = [...new Set((answer as string[]).flatMap((prefix) => [prefix, realpathSync(prefix)]))];
  const fontCache = prefixes.map((prefix) => join(prefix, FONT_CACHE)).find((folder) => existsSync(folder));
  return { executable, prefixes, fontCache };
}
