import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** How the names in an open folder are reached. */
export type Reach = 'descriptor' | 'path';

/** Descriptors, where the system has them as paths: sandboxes exist only there. */
const DEFAULT_REACH: Reach = process.platform === 'linux' ? 'descriptor' : 'path';

/**
 * A folder that is open, and the operations on the names directly in it: none follows a symbolic link.
 *
 * By descriptor a name is `/proc/self/fd/N/name`, which is what the `*at` system calls do: the kernel starts at the open
 * folder, wherever it has been moved to, and `name` is the only component left to resolve. Nothing that somebody renames
 * or exchanges on the way to the folder matters any more.
 */
export class OpenFolder {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #reach: Reach;

  private constructor(path: string, handle: FileHandle, reach: Reach) {
    this.#path = path;
    this.#handle = handle;
    this.#reach = reach;
  }

  /** Opens a folder by a path that is resolved as a whole, except that its last component must not be a link. */
  static async open(path: string, reach = DEFAULT_REACH): Promise<OpenFolder> {
    return new OpenFolder(path, await open(path, FOLDER), reach);
  }

  async folder(name: string | Buffer): Promise<OpenFolder> {
    return new OpenFolder(join(this.#path, String(name)), await open(this.#at(name), FOLDER), this.#reach);
  }

  /** Opens a file. Never waits for the other end of a FIFO. */
  async file(name: string, flags: number, mode?: number): Promise<FileHandle> {
    return open(this.#at(name), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode);
  }

  /** Makes a folder; false when something of that name is there already. */
  async make(name: string, mode: number): Promise<boolean> {
    return mkdir(this.#at(name), mode).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') {
          return false;
        }
        throw error;
      },
    );
  }

  async names(): Promise<Buffer[]> {
    // The slash makes it the folder, and not the link in /proc.
    return readdir(this.#reach === 'descriptor' ? `/proc/self/fd/${this.#handle.fd}/` : this.#path, {
      encoding: 'buffer',
    });
  }

  async stat(name: string | Buffer): Promise<{ isDirectory(): boolean; readonly size: number }> {
    return lstat(this.#at(name));
  }

  /** Removes a file, or a link and not what it points to. */
  async unlink(name: string | Buffer): Promise<void> {
    await unlink(this.#at(name));
  }

  /** Removes an empty folder. */
  async rmdir(name: string | Buffer): Promise<void> {
    await rmdir(this.#at(name));
  }

  async chown(owner: { readonly uid: number; readonly gid: number }): Promise<void> {
    await this.#handle.chown(owner.uid, owner.gid);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** A name may be any bytes but a slash: as text those that are not UTF-8 would be another name. */
  #at(name: string | Buffer): string | Buffer {
    const folder = this.#reach === 'descriptor' ? `/proc/self/fd/${this.#handle.fd}` : this.#path;
    return typeof name === 'string' ? `${folder}/${name}` : Buffer.concat([Buffer.from(`${folder}/`), name]);
  }
}
