import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type ProcessRecord, recordOfThisProcess, stateOf } from './process-record';

const OWNER_FILE = 'owner.json';

/** The folder of one running emulator: sockets, small files, and the sessions' own folders where there is no sandbox. */
export class WorkDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes a folder for this process, and removes those that killed ones left behind.
   * @param parent default: a folder of this user in the system's temporary folder
   */
  static open(parent = join(tmpdir(), `agentcore-local-${process.getuid?.() ?? 'user'}`)): WorkDirectory {
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    mustBeOurs(parent);
    for (const name of readdirSync(parent)) {
      removeIfOrphan(join(parent, name));
    }
    const path = join(parent, `emulator-${process.pid}-${randomBytes(3).toString('hex')}`);
    // The owner's file comes first, so that nobody sees the folder without it.
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, OWNER_FILE), JSON.stringify(recordOfThisProcess()));
    return new WorkDirectory(path);
  }

  /** A folder inside, made if need be. */
  folder(...names: string[]): string {
    const path = join(this.path, ...names);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    return path;
  }

  file(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    chmodSync(path, 0o644);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** In a shared temporary folder somebody else may have made it before us, to read or to swap what we put there. */
function mustBeOurs(path: string): void {
  const { uid, mode } = lstatSync(path);
  const user = process.getuid?.();
  if (user !== undefined && (uid !== user || (mode & 0o022) !== 0 || lstatSync(path).isSymbolicLink())) {
    throw new Error(
      `The work directory ${path} must be a folder of yours that others cannot write to; remove it, or name another`,
    );
  }
}

function removeIfOrphan(path: string): void {
  const owner = readOwner(path);
  if (owner === undefined || stateOf(owner) !== 'gone') {
    return;
  }
  killSandboxes(path);
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Ends the sandboxes of a killed emulator. They die with it, except one that was just starting, which waits forever. They are
 * the bubblewraps with the folder on their command line: an editor or a pager that has a file of it open is somebody else's.
 */
function killSandboxes(folder: string): void {
  const processes = existsSync('/proc') ? readdirSync('/proc') : [];
  for (const pid of processes.filter((entry) => /^[0-9]+$/.test(entry)).map(Number)) {
    try {
      const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (basename(program) === 'bwrap' && args.some((argument) => argument.startsWith(`${folder}/`))) {
        process.kill(pid, 'SIGKILL');
      }
    } catch {
      // Ended since, or not ours to see.
    }
  }
}

function readOwner(path: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(path, OWNER_FILE), 'utf8')) as ProcessRecord;
  } catch {
    // Not one of ours, or one that is being made or removed this very moment.
    return undefined;
  }
}
