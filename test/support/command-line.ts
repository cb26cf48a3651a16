import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const CLI = join(__dirname, '../../packages/agentcore-local/bin/agentcore-local.js');

/** A run of the command line as it is shipped, in a working directory. */
export class CommandLine {
  stdout = '';
  stderr = '';
  private readonly child: ChildProcess;
  private readonly exit: Promise<unknown[]>;

  constructor(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [CLI, ...args], {
      cwd: folder,
      env: { ...process.env, CI: '', DISPLAY: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exit = once(this.child, 'close');
    this.child.stdout?.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr?.on('data', (chunk) => {
      this.stderr += chunk;
    });
  }

  /** The exit code, or the name of the signal that ended it. */
  async ended(): Promise<number | string> {
    const [code, signal] = (await this.exit) as [number | null, string | null];
    return code ?? String(signal);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Waits until it has printed this; fails if it ends before. */
  async prints(pattern: RegExp | string, times = 1): Promise<void> {
    const matcher = typeof pattern === 'string' ? pattern : new RegExp(pattern, 'g');
    const found = () => (this.stdout + this.stderr).split(matcher).length - 1 >= times;
    while (!found()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        await this.exit;
        if (!found()) {
          throw new Error(`it ended without printing ${pattern}:\n${this.stderr}${this.stdout}`);
        }
      }
      await sleep(20);
    }
  }
}

/** Runs the command line to its end. */
export async function agentcoreLocal(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const run = new CommandLine(folder, args, env);
  const code = await run.ended();
  return { code, stdout: run.stdout, stderr: run.stderr };
}
