import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../built-files';

/** The largest event and answer of a synchronous call, in bytes. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;

/** The SDKs look for settings in the home folder, which they find without an environment; and for a role on the network. */
const WITHOUT_MACHINE = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: 'true',
};

export interface LambdaDefinition {
  readonly name: string;
  /** The folder of the bundle. */
  readonly code: string;
  /** `file.export`, as in the template. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Where it would run; here it runs on whatever this machine is. */
  readonly architecture?: 'arm64' | 'x86_64';
  readonly environment: Record<string, string>;
}

/** An error that a handler threw, or Lambda itself, under the name that Step Functions matches on. */
export class LambdaError extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly remoteStack?: string,
  ) {
    super(message);
  }
}

interface Answer {
  readonly output?: string;
  readonly error?: { name: string; message: string; stack?: string };
}

/**
 * A Lambda on this machine: the very bundle that a deployment uploads, in worker threads with the function's own
 * environment, one call at a time each, kept warm, ended at the function's timeout.
 */
export class LocalLambda {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();

  constructor(
    private readonly definition: LambdaDefinition,
    private readonly log: (line: string) => void = () => {},
  ) {}

  /** @param clientContext as a caller of Lambda may send one, such as AgentCore Gateway */
  async invoke(event: unknown, clientContext?: object): Promise<unknown> {
    const payload = JSON.stringify(event);
    this.checkSize('event', payload);
    const worker = this.idle.pop() ?? this.startWorker();
    const answer = await this.ask(worker, JSON.parse(payload), clientContext);
    if (answer.error) {
      const { name, message, stack } = answer.error;
      this.log(`${name}: ${message}${stack ? `\n${stack}` : ''}`);
      throw new LambdaError(name, message, stack);
    }
    this.checkSize('answer', answer.output ?? '');
    return JSON.parse(answer.output ?? 'null');
  }

  /** Has an environment ready for the next call. */
  warm(): void {
    if (this.idle.length === 0) {
      this.idle.push(this.startWorker());
    }
  }

  /** Ends what is working at this moment, as a crash of the environment would: for drills. */
  crash(): void {
    for (const worker of this.all) {
      if (!this.idle.includes(worker)) {
        void worker.terminate();
      }
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }

  private async ask(worker: Worker, event: unknown, clientContext?: object): Promise<Answer> {
    const { timeoutSeconds, name } = this.definition;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutSeconds * 1000);
    try {
      const endsAtMs = Date.now() + timeoutSeconds * 1000;
      worker.postMessage({ event, requestId: randomUUID(), endsAtMs, clientContext });
      const [answer] = (await Promise.race([
        once(worker, 'message', { signal: late.signal }),
        once(worker, 'exit', { signal: late.signal }).then(([code]) => {
          throw new LambdaError('Runtime.ExitError', `${name} ended with exit code ${code}`);
        }),
      ])) as [Answer];
      this.idle.push(worker);
      return answer;
    } catch (error) {
      void worker.terminate();
      if (late.signal.aborted) {
        throw new LambdaError('Sandbox.Timedout', `${name} timed out after ${timeoutSeconds} seconds`);
      }
      // An uncaught exception ends the thread: as in Lambda, the environment is gone.
      throw error instanceof LambdaError ? error : new LambdaError('Runtime.ExitError', `${name}: ${String(error)}`);
    } finally {
      clearTimeout(timer);
      late.abort();
    }
  }

  private startWorker(): Worker {
    const { code, handler, environment, memoryMegabytes } = this.definition;
    const [file = 'index', exportName = 'handler'] = handler.split('.');
    const worker = new Worker(builtFile('lambda-host.js'), {
      env: { ...WITHOUT_MACHINE, ...environment },
      execArgv: [],
      workerData: { file: join(code, `${file}.js`), exportName },
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
      stdout: true,
      stderr: true,
    });
    this.all.add(worker);
    worker.once('exit', () => this.all.delete(worker));
    for (const stream of [worker.stdout, worker.stderr] as Readable[]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.log(text.trimEnd()));
    }
    return worker;
  }

  private checkSize(what: string, payload: string): void {
    const bytes = Buffer.byteLength(payload);
    if (bytes > PAYLOAD_BYTES) {
      const limit = `more than the ${PAYLOAD_BYTES} that Lambda takes`;
      throw new LambdaError(
        'Lambda.RequestTooLarge',
        `the ${what} of ${this.definition.name} has ${bytes} bytes, ${limit}`,
      );
    }
  }
}
