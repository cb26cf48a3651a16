import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Contents that are too large for the table, each under a name that means nothing. */
export interface ObjectFiles {
  write(body: Uint8Array): string;
  read(name: string): Buffer;
  remove(name: string): void;
  /** Where it is on the disk, if it is there. */
  pathOf(name: string): string | undefined;
}

/** Kept as long as the process lives. */
export class FilesInMemory implements ObjectFiles {
  private readonly bodies = new Map<string, Buffer>();
  private count = 0;

  write(body: Uint8Array): string {
    const name = String(++this.count);
    this.bodies.set(name, Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    return name;
  }

  read(name: string): Buffer {
    return this.bodies.get(name) ?? Buffer.alloc(0);
  }

  remove(name: string): void {
    this.bodies.delete(name);
  }

  pathOf(): undefined {
    return undefined;
  }
}

/** In a folder. A name is used once, so that a table never points at another content than it meant. */
export class FilesInFolder implements ObjectFiles {
  private count: number;

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    const numbers = readdirSync(folder).map(Number).filter(Number.isFinite);
    this.count = numbers.reduce((most, number) => Math.max(most, number), 0);
  }

  write(body: Uint8Array): string {
    const name = String(++this.count);
    const path = join(this.folder, name);
    // Whoever is killed half way leaves a file that no object is in, not half an object.
    writeFileSync(`${path}.new`, body);
    renameSync(`${path}.new`, path);
    return name;
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  remove(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** Removes what a killed process had written, but not yet entered. */
  removeOthers(kept: ReadonlySet<string>): void {
    for (const name of readdirSync(this.folder)) {
      if (!kept.has(name)) {
        this.remove(name);
      }
    }
  }
}
