import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { npmPackage } from './npm-package';

const MODULES = join(__dirname, '../../node_modules');

/** What an invocation came to, as Lambda is told. */
export interface Invoked {
  /** The body of the response; absent if the invocation failed. */
  readonly response?: string;
  /** What is reported of a failure: `errorType`, `errorMessage` and `trace` as JSON. */
  readonly error?: string;
  /** What X-Ray is told of the failure. */
  readonly trace?: string;
}

/**
 * A handler's bundle under the runtime interface client that Lambda runs Node.js functions with, and the Runtime API that
 * it asks for events, on a loopback port. Of the client, the native module that speaks HTTP is replaced.
 */
export class LambdaRuntime {
  private readonly waiting: ServerResponse[] = [];
  private readonly ends = new Map<string, (invoked: Invoked) => void>();
  private readonly server: Server;
  private process: ChildProcess | undefined;
  private logged = '';

  private constructor(private readonly timeoutSeconds: number) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** @param bundle the folder of `index.js` */
  static async start(bundle: string, environment: Record<string, string>, timeoutSeconds = 60): Promise<LambdaRuntime> {
    const runtime = new LambdaRuntime(timeoutSeconds);
    runtime.server.listen(0, '127.0.0.1');
    await once(runtime.server, 'listening');
    const { port } = runtime.server.address() as AddressInfo;
    const child = spawn(
      join(MODULES, 'node/bin/node'),
      [
        '--require',
        join(__dirname, 'runtime-api-client.cjs'),
        join(await npmPackage('aws-lambda-ric', '4.0.2'), 'index.mjs'),
      ],
      {
        env: {
          AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
          AWS_LAMBDA_LOG_FORMAT: 'JSON',
          AWS_LAMBDA_FUNCTION_NAME: 'handler',
          AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
          AWS_LAMBDA_LOG_GROUP_NAME: 'logs',
          AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
          LAMBDA_TASK_ROOT: bundle,
          _HANDLER: 'index.handler',
          ...environment,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        runtime.logged += chunk;
      });
    }
    child.once('exit', () => {
      for (const end of runtime.ends.values()) {
        end({ error: JSON.stringify({ errorType: 'Runtime.ExitError', errorMessage: '' }) });
      }
    });
    runtime.process = child;
    return runtime;
  }

  /** Every byte that the process has printed so far. */
  get log(): string {
    return this.logged;
  }

  /** @param clientContext what the caller sends beside the event */
  async invoke(event: unknown, clientContext?: object): Promise<Invoked> {
    const id = randomUUID();
    const end = new Promise<Invoked>((resolve) => this.ends.set(id, resolve));
    const response = this.waiting.shift() ?? (await this.next());
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': id,
      'lambda-runtime-deadline-ms': String(Date.now() + this.timeoutSeconds * 1000),
      'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:handler',
      'lambda-runtime-trace-id': 'Root=1-67891233-abcdef012345678912345678;Sampled=0',
      ...(clientContext === undefined ? {} : { 'lambda-runtime-client-context': JSON.stringify(clientContext) }),
    });
    response.end(JSON.stringify(event));
    return end;
  }

  /** Ends the process, and waits until all that it has printed is here. */
  async stop(): Promise<void> {
    const { process: child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, 'close');
    }
    this.server.close();
    this.server.closeAllConnections();
  }

  private async next(): Promise<ServerResponse> {
    for (;;) {
      const response = this.waiting.shift();
      if (response) {
        return response;
      }
      if (this.process?.exitCode !== null) {
        throw new Error(`the runtime ended before the invocation: ${this.logged}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request;
    const [, id = '', what] = /\/invocation\/([^/]+)\/(response|error)$/.exec(url) ?? [];
    if (url.endsWith('/invocation/next')) {
      this.waiting.push(response);
      return;
    }
    const body = await text(request);
    response.writeHead(202).end();
    const trace = decodeURIComponent(String(headers['lambda-runtime-function-xray-error-cause'] ?? ''));
    this.ends.get(id)?.(what === 'response' ? { response: body } : { error: body, trace });
    this.ends.delete(id);
  }
}
