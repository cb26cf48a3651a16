import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithProcess } from '../end-with-process';
import { killWithDescendants } from './descendants';
import { type Execution, toExecution } from './execution';
import { encodeFrame, type Frame, FrameReader } from './frames';
import { SessionFiles } from './session-files';

export type { Execution };

export interface CodeRequest {
  readonly interpreter: 'python' | 'deno' | 'nodejs';
  readonly language: string;
  readonly clearContext: boolean;
}

/** The session's processes are gone, or it cannot be talked to any more. */
export class SandboxExitedError extends Error {}

interface Waiting {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

export interface SandboxStart {
  readonly command: string;
  readonly args: string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** The session's root on the host, where there is no sandbox. */
  readonly root?: string;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

const READY_TIMEOUT_MS = 60_000;
/** How long a sandbox that is to be killed may take to start. */
const BOOT_GRACE_MS = 3_000;
const STDERR_KEPT = 4_000;

/** One session's processes, from outside. */
export class Sandbox {
  readonly #child: ChildProcess;
  readonly #start: SandboxStart;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #stderr = '';
  #gone: SandboxExitedError | undefined;
  #files: SessionFiles | undefined;
  #announced = false;
  #exited: Promise<void>;
  #ready: Promise<void>;
  #signalReady: (error?: Error) => void = () => {};

  constructor(start: SandboxStart) {
    this.#start = start;
    this.#child = spawn(start.command, start.args, {
      cwd: start.cwd,
      env: start.environment,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      // Without a sandbox a signal to our group, like Ctrl-C, must not reach the session before we have stopped it.
      detached: true,
    });
    // Without a sandbox it is the session that ends its processes, when the channel to us closes.
    endWithProcess(this.#child, () => killWithDescendants(this.#child));
    this.#socket = this.#child.stdio[3] as Socket;
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
    this.#ready = this.#listen();
    this.#ready.catch(() => {});
  }

  /** The process to kill to end the session; undefined if it never started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when the session can be used. */
  async ready(): Promise<void> {
    await this.#ready;
  }

  /** Resolves when the session's processes have ended. */
  get exited(): Promise<void> {
    return this.#exited;
  }

  get files(): SessionFiles {
    if (this.#files === undefined) {
      throw this.#gone ?? new SandboxExitedError('The session has not started');
    }
    return this.#files;
  }

  async executeCode(request: CodeRequest, code: string, signal: AbortSignal): Promise<Execution> {
    return this.#execute({ op: 'code', ...request }, code, signal);
  }

  async executeCommand(command: string, signal: AbortSignal): Promise<Execution> {
    return this.#execute({ op: 'command' }, command, signal);
  }

  /** Ends every process of the session and waits for it. */
  async kill(): Promise<void> {
    await this.#booted();
    this.#fail(new SandboxExitedError('The session was ended'));
    const { pid } = this.#child;
    if (pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null) {
      // Its own end of the channel first: an unsandboxed session ends its process groups when it sees that.
      this.#socket.destroy();
      if (this.#start.root === undefined) {
        this.#child.kill('SIGKILL');
      }
    }
    const stubborn = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await this.#exited;
    clearTimeout(stubborn);
    await this.#closeFiles();
  }

  /**
   * bubblewrap killed while it starts leaves its first child behind, which waits for it forever: only a sandbox that has
   * started, or failed to, is killed. Should it hang, its children are killed first.
   */
  async #booted(): Promise<void> {
    const abort = new AbortController();
    const late = sleep(BOOT_GRACE_MS, 'late', { signal: abort.signal, ref: false }).catch(() => undefined);
    const outcome = await Promise.race([this.#ready.catch(() => undefined), this.#exited, late]);
    abort.abort();
    if (outcome === 'late') {
      await killChildren(this.#child.pid);
    }
  }

  async #execute(request: Record<string, unknown>, text: string, signal: AbortSignal): Promise<Execution> {
    await this.#ready;
    const id = this.#nextId++;
    const answer = this.#ask(id, { ...request, id }, Buffer.from(text));
    const cancel = () => this.#send({ op: 'cancel', target: id });
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) {
      cancel();
    }
    try {
      return toExecution(await answer);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  #ask(id: number, header: Record<string, unknown>, tail: Buffer): Promise<Frame> {
    if (this.#gone !== undefined) {
      return Promise.reject(this.#gone);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send(header, tail);
    });
  }

  #send(header: Record<string, unknown>, tail?: Buffer): void {
    if (this.#gone !== undefined || !this.#socket.writable) {
      return;
    }
    this.#socket.cork();
    for (const part of encodeFrame(header, tail)) {
      this.#socket.write(part);
    }
    this.#socket.uncork();
  }

  #listen(): Promise<void> {
    const reader = new FrameReader();
    this.#socket.on('error', () => {});
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) {
          this.#receive(frame);
        }
      } catch (error) {
        this.#fail(new SandboxExitedError(`The session sent what it should not: ${(error as Error).message}`));
        this.#child.kill('SIGKILL');
      }
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-STDERR_KEPT);
    });
    this.#child.stderr?.on('error', () => {});
    this.#child.once('error', (error) =>
      this.#fail(new SandboxExitedError(`The session could not be started: ${error.message}`)),
    );
    this.#child.once('exit', (code, signal) => {
      this.#fail(
        new SandboxExitedError(
          `The session's processes ended (${signal ?? `code ${code}`}) ${this.#stderr.trim()}`.trim(),
        ),
      );
    });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#fail(new SandboxExitedError('The session did not start in time')),
        READY_TIMEOUT_MS,
      );
      timer.unref();
      this.#signalReady = (error) => {
        clearTimeout(timer);
        return error === undefined ? resolve() : reject(error);
      };
    });
  }

  #receive({ header, tail }: Frame): void {
    if (header.ready === true) {
      // Once: by the second time, code has run, and may be who says so.
      if (this.#announced) {
        return;
      }
      this.#announced = true;
      this.#openFiles().then(
        () => this.#signalReady(),
        (error: Error) => this.#fail(new SandboxExitedError(`The session's files cannot be reached: ${error.message}`)),
      );
      return;
    }
    if (typeof header.failed === 'string') {
      this.#fail(new SandboxExitedError(`The session could not be started: ${header.failed}`));
      return;
    }
    const waiting = this.#waiting.get(header.id as number);
    this.#waiting.delete(header.id as number);
    waiting?.resolve({ header, tail });
  }

  #fail(error: SandboxExitedError): void {
    if (this.#gone !== undefined) {
      return;
    }
    this.#gone = error;
    this.#signalReady(error);
    for (const { reject } of this.#waiting.values()) {
      reject(error);
    }
    this.#waiting.clear();
  }

  async #openFiles(): Promise<void> {
    const { root, owner } = this.#start;
    const inside = root ?? `/proc/${await insidePid(this.#child.pid)}/root/session`;
    this.#files = await SessionFiles.open(`${inside}/work`, owner);
  }

  async #closeFiles(): Promise<void> {
    const files = this.#files;
    this.#files = undefined;
    await files?.close();
  }
}

async function killChildren(pid: number | undefined): Promise<void> {
  try {
    process.kill(await insidePid(pid), 'SIGKILL');
  } catch {
    // There is none, or it has ended.
  }
}

/** bubblewrap's first child: the process that lives in the sandbox's mounts. */
async function insidePid(monitor: number | undefined): Promise<number> {
  const children = await readFile(`/proc/${monitor}/task/${monitor}/children`, 'utf8');
  const [first] = children.trim().split(' ');
  if (first === undefined || first === '') {
    throw new Error('the sandbox has no process');
  }
  return Number(first);
}
