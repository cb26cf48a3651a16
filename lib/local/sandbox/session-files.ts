import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { OpenFolder, type Reach } from './open-folder';

/** A file operation that the session's user asked for and that cannot be done; the message is for them. */
export class FileError extends Error {}

export interface ListedFile {
  readonly name: string;
  readonly directory: boolean;
  readonly bytes: number;
}

const PATH_MAX_BYTES = 4_096;
/** Removing keeps a descriptor open for each level; a session must not use up those of the emulator. */
const MAX_REMOVAL_DEPTH = 256;

/**
 * The files of one session, from outside. Code in the session may change its folder at any moment, so no path is ever
 * resolved as a whole: each folder on the way is opened in the one before without following links, and the last name is
 * used in the folder that is open. Where the system cannot do that there is no sandbox either, and code needs no detour
 * through these operations to reach the host's files.
 */
export class SessionFiles {
  readonly #root: OpenFolder;
  readonly #owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(root: OpenFolder, owner: { readonly uid: number; readonly gid: number } | undefined) {
    this.#root = root;
    this.#owner = owner;
  }

  /**
   * Opens the working directory once: from then on it is reached by that descriptor alone.
   * @param owner who shall own what is written, where that is not this process's user
   */
  static async open(
    root: string,
    owner?: { readonly uid: number; readonly gid: number },
    reach?: Reach,
  ): Promise<SessionFiles> {
    return new SessionFiles(await OpenFolder.open(root, reach), owner);
  }

  /** Writes a file, with the folders on the way to it. Calls `fill` with the open file. */
  async write(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    await this.#inside(path, true, async (folder, name) => {
      const file = await folder.file(name, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o644);
      try {
        await requireRegularFile(file, path);
        if (this.#owner !== undefined) {
          await file.chown(this.#owner.uid, this.#owner.gid);
        }
        await fill(file);
      } finally {
        await file.close();
      }
    });
  }

  /** Opens a file for `use`. */
  async read<T>(path: string, use: (file: FileHandle, bytes: number) => Promise<T>): Promise<T> {
    return this.#inside(path, false, async (folder, name) => {
      const file = await folder.file(name, constants.O_RDONLY);
      try {
        return await use(file, await requireRegularFile(file, path));
      } finally {
        await file.close();
      }
    });
  }

  /** One level of a folder; the empty path is the working directory. */
  async list(path: string): Promise<ListedFile[]> {
    return this.#walk(splitPath(path), false, path, async (folder) => {
      const names = (await folder.names()).map(String).sort();
      const listed = await Promise.all(names.map((name) => describe(folder, name)));
      return listed.filter((entry) => entry !== undefined);
    });
  }

  /** Removes a file, or a folder with all that is in it. A link is removed, never what it points to. */
  async remove(path: string): Promise<void> {
    await this.#inside(path, false, (folder, name) => removeTree(folder, name, path));
  }

  /** Waits for what is under way, and refuses what comes later: the descriptor's number may soon be another folder's. */
  async close(): Promise<void> {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    await Promise.allSettled(this.#running);
    await this.#root.close();
  }

  #inside<T>(path: string, create: boolean, use: (folder: OpenFolder, name: string) => Promise<T>): Promise<T> {
    const names = splitPath(path);
    const name = names.pop();
    if (name === undefined) {
      return Promise.reject(new FileError(`The path '${path}' names no file`));
    }
    return this.#walk(names, create, path, (folder) => use(folder, name));
  }

  async #walk<T>(names: string[], create: boolean, path: string, use: (folder: OpenFolder) => Promise<T>): Promise<T> {
    if (this.#closed) {
      throw new FileError(`${path}: the session has ended`);
    }
    const work = this.#descend(this.#root, names, create, use);
    this.#running.add(work);
    try {
      return await work;
    } catch (error) {
      throw explain(error, path);
    } finally {
      this.#running.delete(work);
    }
  }

  /** Opens one folder in the other, closing each when the next is open, and uses the last. */
  async #descend<T>(
    root: OpenFolder,
    names: readonly string[],
    create: boolean,
    use: (folder: OpenFolder) => Promise<T>,
  ): Promise<T> {
    let current = root;
    try {
      for (const name of names) {
        const next = await this.#enter(current, name, create);
        if (current !== root) {
          await current.close();
        }
        current = next;
      }
      return await use(current);
    } finally {
      if (current !== root) {
        await current.close();
      }
    }
  }

  async #enter(parent: OpenFolder, name: string, create: boolean): Promise<OpenFolder> {
    const made = create && (await parent.make(name, 0o755));
    const folder = await parent.folder(name);
    if (made && this.#owner !== undefined) {
      await folder.chown(this.#owner);
    }
    return folder;
  }
}

/** The names on the way, checked: relative, without `..`, short enough. */
function splitPath(path: string): string[] {
  if (path.startsWith('/')) {
    throw new FileError(`The path ${path} is absolute: paths are relative to the working directory`);
  }
  if (path.includes('\0') || Buffer.byteLength(path) > PATH_MAX_BYTES) {
    throw new FileError(`A path must have at most ${PATH_MAX_BYTES} bytes and no NUL character`);
  }
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) {
    throw new FileError(`The path ${path} leaves the working directory: '..' is not allowed`);
  }
  return names;
}

async function describe(folder: OpenFolder, name: string): Promise<ListedFile | undefined> {
  try {
    const found = await folder.stat(name);
    return { name, directory: found.isDirectory(), bytes: found.size };
  } catch {
    // Removed since.
    return undefined;
  }
}

async function requireRegularFile(file: FileHandle, path: string): Promise<number> {
  const found = await file.stat();
  if (!found.isFile()) {
    throw new FileError(found.isDirectory() ? `${path} is a directory` : `${path} is not a regular file`);
  }
  return found.size;
}

/** Removes a name in an open folder, with all below it. Every level goes by the descriptor of the one above. */
async function removeTree(parent: OpenFolder, name: string | Buffer, path: string, depth = 0): Promise<void> {
  if (!(await parent.stat(name)).isDirectory()) {
    await parent.unlink(name);
    return;
  }
  if (depth === MAX_REMOVAL_DEPTH) {
    throw new FileError(`${path}: nested more than ${MAX_REMOVAL_DEPTH} folders deep; remove it with a command`);
  }
  const folder = await parent.folder(name);
  try {
    for (const entry of await folder.names()) {
      await removeTree(folder, entry, path, depth + 1);
    }
  } finally {
    await folder.close();
  }
  await parent.rmdir(name);
}

const EXPLANATIONS: Record<string, string> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory, or a symbolic link, which file operations do not follow',
  ELOOP: 'A symbolic link, which file operations do not follow',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  ENOSPC: 'No space left: the disk limit of the session is reached',
  ENAMETOOLONG: 'A name in the path is too long',
  ENXIO: 'Not a regular file',
  ENOTEMPTY: 'Directory not empty: something is being written into it',
  EAGAIN: 'In use: a process of the session holds a lease on it',
};

function explain(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const why = code === undefined ? undefined : EXPLANATIONS[code];
  return why === undefined ? error : new FileError(`${path}: ${why}`);
}
