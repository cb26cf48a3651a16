import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Emulator, EmulatorOptions } from '../../../lib/local/emulator';
import { ROOT } from './support';

/** An emulator in a process of its own. */
export class EmulatorProcess {
  readonly endpoint: string;
  readonly credentials: Emulator['credentials'];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, { endpoint, credentials }: Pick<Emulator, 'endpoint' | 'credentials'>) {
    this.#child = child;
    this.endpoint = endpoint;
    this.credentials = credentials;
  }

  static async start(options: EmulatorOptions): Promise<EmulatorProcess> {
    const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
    const child = spawn(
      process.execPath,
      ['--import', tsx.replace('cli.mjs', 'loader.mjs'), join(__dirname, 'server-process.ts'), JSON.stringify(options)],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new EmulatorProcess(child, JSON.parse(line));
  }

  /** The largest resident memory so far, in bytes. */
  get peakMemoryBytes(): number {
    return this.#memory('VmHWM');
  }

  /** The resident memory now, in bytes. */
  get memoryBytes(): number {
    return this.#memory('VmRSS');
  }

  #memory(field: string): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1024;
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  /** Lets it end cleanly; gives its exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.stdin?.end();
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}
