import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginningOf } from './process-age';

const OWNER_FILE = 'owner.json';

interface Owner {
  readonly pid: number;
  /** When that process began, as the kernel counts: the same number with another beginning is another process. */
  readonly began: string;
  /** The PID namespace that the number is of: elsewhere it says nothing. */
  readonly namespace: string;
}

/** The folder of one running emulator: sockets, small files, and the sessions' own folders where there is no sandbox. */
export class WorkDirectory {
  private constructor(
    readonly path: string,
    readonly owner: Owner,
  ) {}

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
    const owner: Owner = { pid: process.pid, began: beginningOf(process.pid) ?? '', namespace: pidNamespace() };
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, OWNER_FILE), JSON.stringify(owner));
    return new WorkDirectory(path, owner);
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
  // From a container that shares the temporary folder, a process outside of it cannot be seen.
  if (owner === undefined || owner.namespace !== pidNamespace() || beginningOf(owner.pid) === owner.began) {
    return;
  }
  killUsers(path);
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Kills what a killed emulator left: sandboxes die with it, except one that was just starting, which waits forever. They are known
 * by the folder in their command line.
 */
function killUsers(folder: string): void {
  const processes = existsSync('/proc') ? readdirSync('/proc') : [];
  for (const name of processes.filter((entry) => /^[0-9]+$/.test(entry))) {
    try {
      if (Number(name) !== process.pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${folder}/`)) {
        process.kill(Number(name), 'SIGKILL');
      }
    } catch {
      // Ended since, or not ours to see.
    }
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: there is one.
    return '';
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(path, OWNER_FILE), 'utf8')) as Owner;
  } catch {
    // Not one of ours, or one that is being made or removed this very moment.
    return undefined;
  }
}
