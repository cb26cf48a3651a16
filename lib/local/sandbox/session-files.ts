import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A file operation that the session's user asked for and that cannot be done; the message is for them. */
export class FileError extends Error {}

export interface ListedFile {
  readonly name: string;
  readonly directory: boolean;
  readonly bytes: number;
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const PATH_MAX_BYTES = 4_096;

/**
 * The files of one session, from outside. Code in the session may change its folder at any moment, so no path is ever
 * resolved as a whole: each folder on the way is opened in the one before without following links, and what is in
 * between cannot be swapped. On Linux that is /proc/self/fd; elsewhere (where there is no sandbox anyway) it is a check.
 */
export class SessionFiles {
  readonly #root: string;
  readonly #owner: { readonly uid: number; readonly gid: number } | undefined;

  /** @param owner who shall own what is written, where that is not this process's user */
  constructor(root: string, owner?: { readonly uid: number; readonly gid: number }) {
    this.#root = root;
    this.#owner = owner;
  }

  /** Writes a file, with the folders on the way to it. Calls `fill` with the open file. */
  async write(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
    await this.#inside(path, true, async (folder, name) => {
      const flags =
        constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK;
      const file = await open(join(folder, name), flags, 0o644);
      try {
        await mustBeFile(file, path);
        await this.#own(file);
        await fill(file);
      } finally {
        await file.close();
      }
    });
  }

  /** Opens a file for `use`. */
  async read<T>(path: string, use: (file: FileHandle, bytes: number) => Promise<T>): Promise<T> {
    return this.#inside(path, false, async (folder, name) => {
      // Not blocking: a FIFO would wait for its writer forever.
      const file = await open(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return await use(file, await mustBeFile(file, path));
      } finally {
        await file.close();
      }
    });
  }

  /** One level of a folder; the empty path is the working directory. */
  async list(path: string): Promise<ListedFile[]> {
    const names = segments(path, true);
    return this.#walk(names, false, path, async (folder) => {
      const found = await readdir(`${folder}/`);
      const listed = await Promise.all(found.sort().map((name) => describe(folder, name)));
      return listed.filter((entry) => entry !== undefined);
    });
  }

  /** Removes a file, or a folder with all that is in it. A link is removed, never what it points to. */
  async remove(path: string): Promise<void> {
    await this.#inside(path, false, async (folder, name) => {
      const target = join(folder, name);
      const found = await lstat(target);
      // rm looks at every entry without following links; a swapped folder could only lead it elsewhere in the session,
      // because the session's user cannot make a link that the kernel resolves outside without us following it.
      await (found.isDirectory() ? rmTree(target) : unlink(target));
    });
  }

  #inside<T>(path: string, create: boolean, use: (folder: string, name: string) => Promise<T>): Promise<T> {
    const names = segments(path, false);
    const name = names.pop() ?? '';
    return this.#walk(names, create, path, (folder) => use(folder, name));
  }

  async #walk<T>(names: string[], create: boolean, path: string, use: (folder: string) => Promise<T>): Promise<T> {
    let current = await openFolder(this.#root, path);
    try {
      for (const name of names) {
        const next = await this.#step(current, name, create, path);
        await current.close();
        current = next;
      }
      return await use(pathOf(current, this.#root, names));
    } catch (error) {
      throw explain(error, path);
    } finally {
      await current.close();
    }
  }

  async #step(current: FileHandle, name: string, create: boolean, path: string): Promise<FileHandle> {
    const next = join(pathOf(current, this.#root, []), name);
    let made = false;
    if (create) {
      made = await mkdir(next, 0o755).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'EEXIST') {
            return false;
          }
          throw error;
        },
      );
    }
    const folder = await openFolder(next, path);
    if (made) {
      await this.#own(folder);
    }
    return folder;
  }

  async #own(file: FileHandle): Promise<void> {
    if (this.#owner !== undefined) {
      await file.chown(this.#owner.uid, this.#owner.gid);
    }
  }
}

/** The names on the way, checked: relative, without `..`, short enough. */
function segments(path: string, folder: boolean): string[] {
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
  if (names.length === 0 && !folder) {
    throw new FileError(`The path '${path}' names no file`);
  }
  return names;
}

async function openFolder(path: string, asked: string): Promise<FileHandle> {
  try {
    // The root is a path of ours and may itself be a link into /proc.
    return await open(
      path,
      path.startsWith('/proc/self/fd/') && !path.slice(14).includes('/') ? FOLDER & ~constants.O_NOFOLLOW : FOLDER,
    );
  } catch (error) {
    throw explain(error, asked);
  }
}

function pathOf(folder: FileHandle, root: string, names: string[]): string {
  return process.platform === 'linux' ? `/proc/self/fd/${folder.fd}` : join(root, ...names);
}

async function describe(folder: string, name: string): Promise<ListedFile | undefined> {
  try {
    const found = await lstat(join(folder, name));
    return { name, directory: found.isDirectory(), bytes: found.size };
  } catch {
    // Removed since.
    return undefined;
  }
}

async function mustBeFile(file: FileHandle, path: string): Promise<number> {
  const found = await file.stat();
  if (!found.isFile()) {
    throw new FileError(found.isDirectory() ? `${path} is a directory` : `${path} is not a regular file`);
  }
  return found.size;
}

/** Removes a folder without following links, each level by the descriptor of the one above. */
async function rmTree(path: string): Promise<void> {
  if (process.platform !== 'linux') {
    await rm(path, { recursive: true, force: true });
    return;
  }
  const folder = await open(path, FOLDER);
  try {
    const here = `/proc/self/fd/${folder.fd}`;
    for (const entry of await readdir(`${here}/`, { withFileTypes: true })) {
      const target = join(here, entry.name);
      await (entry.isDirectory() ? rmTree(target) : unlink(target));
    }
  } finally {
    await folder.close();
  }
  await rm(path, { recursive: true, force: true });
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
};

function explain(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const why = code === undefined ? undefined : EXPLANATIONS[code];
  return why === undefined ? error : new FileError(`${path}: ${why}`);
}
