import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type AgentAnswer, type AgentEvent, type AgentLimits, agentPrefix } from '../../lib/contract/agent';
import type { Emulator } from '../../lib/local/emulator';
import { type LocalServices, startLocalServices } from '../../lib/local/runner/local-services';
import { python } from './python';

const APP = join(__dirname, '../../dist/agent/app.js');
const BUCKET = 'staging';

export interface AgentWorldOptions {
  /** The plans of the scripted model. */
  readonly plans?: readonly object[];
  /** Instead of the scripted model. */
  readonly model?: string;
  readonly limits?: Partial<AgentLimits>;
  readonly dataPrefix?: string;
}

export interface AgentResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface AgentCall {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

/** The agent's bundle in a process of its own, with the emulator and a local S3 instead of AWS. */
export class AgentWorld {
  private constructor(
    private readonly services: LocalServices,
    private readonly folder: string,
    readonly agent: ChildProcess,
    readonly log: string[],
  ) {}

  static async open(options: AgentWorldOptions = {}): Promise<AgentWorld> {
    const { plans = [{ steps: [{ text: 'Hello.' }] }], model, limits, dataPrefix } = options;
    const services = await startLocalServices({ python: await python() });
    await services.s3.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const folder = await mkdtemp(join(tmpdir(), 'agent-'));
    const script = join(folder, 'script.json');
    await writeFile(script, JSON.stringify({ name: 'test', plans }));
    const agent = spawn(process.execPath, [APP], {
      env: {
        PATH: process.env.PATH,
        ...services.environment,
        CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
        STAGING_BUCKET: BUCKET,
        STAGING_PREFIX: agentPrefix('analyst'),
        SESSION_TIMEOUT_SECONDS: '900',
        AGENT_SOCKET: join(folder, 'agent.sock'),
        AGENT_SETTINGS: JSON.stringify({
          name: 'analyst',
          model: model ?? `script:${script}`,
          dataPrefix,
          limits: { turns: 20, toolCalls: 40, seconds: 120, ...limits },
        }),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const world = new AgentWorld(services, folder, agent, []);
    for (const stream of [agent.stdout, agent.stderr]) {
      stream?.on('data', (chunk) => world.log.push(...String(chunk).split('\n').filter(Boolean)));
    }
    while (!world.log.some((line) => line.includes('listening'))) {
      if (agent.exitCode !== null) {
        throw new Error(`the agent has ended:\n${world.log.join('\n')}`);
      }
      await sleep(20);
    }
    return world;
  }

  get emulator(): Emulator {
    return this.services.emulator;
  }

  async put(key: string, body: string): Promise<void> {
    await this.services.s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
  }

  /** Sends a request, and leaves its answer to the caller. */
  request({ method = 'POST', path = '/invocations', headers }: AgentCall = {}): ClientRequest {
    return request({ socketPath: join(this.folder, 'agent.sock'), method, path, headers });
  }

  async call(call: AgentCall): Promise<AgentResponse> {
    const sent = this.request(call);
    sent.end(call.body);
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) {
      body += chunk;
    }
    return { status: response.statusCode ?? 0, headers: response.headers, body };
  }

  /** Asks, and waits for the whole answer. */
  async ask(prompt: string, more: { session?: string; files?: object[] } = {}): Promise<AgentAnswer> {
    const { status, body } = await this.call({
      headers: sessionHeader(more.session),
      body: JSON.stringify({ prompt, files: more.files }),
    });
    if (status !== 200) {
      throw new Error(`${status}: ${body}`);
    }
    return JSON.parse(body);
  }

  /** Asks, and hands out what is sent as it comes. */
  async *stream(prompt: string, session?: string): AsyncGenerator<AgentEvent> {
    const sent = this.request({ headers: { ...sessionHeader(session), accept: 'text/event-stream' } });
    sent.end(JSON.stringify({ prompt }));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    let rest = '';
    try {
      for await (const chunk of response.setEncoding('utf8')) {
        const parts = (rest + chunk).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) {
          if (part.startsWith('data: ')) {
            yield JSON.parse(part.slice('data: '.length));
          }
        }
      }
    } finally {
      sent.destroy();
    }
  }

  /** Sessions that nobody has stopped. */
  running(): string[] {
    return this.emulator.sessions().flatMap(({ status, sessionId }) => (status === 'READY' ? [sessionId] : []));
  }

  async untilNoneRuns(): Promise<void> {
    while (this.running().length > 0) {
      await sleep(50);
    }
  }

  async read(uri: string): Promise<Buffer> {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    const { Body } = await this.services.s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? '');
  }

  /** Ends the agent as the Runtime does. */
  async end(): Promise<void> {
    if (this.agent.exitCode === null) {
      this.agent.kill('SIGTERM');
      await once(this.agent, 'exit');
    }
  }

  async close(): Promise<void> {
    await this.end();
    await this.services.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function sessionHeader(session: string | undefined): Record<string, string> {
  return session === undefined ? {} : { 'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id': session };
}
