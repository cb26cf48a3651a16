import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Emulator } from '../../lib/local/emulator';
import { type LocalServices, startLocalServices } from '../../lib/local/runner/local-services';
import { CLI, CommandLine } from './command-line';
import { python } from './python';

/** The protocol revisions of the server: what the client negotiates in each of them. */
export const REVISIONS = {
  '2026-07-28': { mode: { pin: '2026-07-28' } },
  '2025-11-25': { mode: 'legacy' },
} as const;
export type Revision = keyof typeof REVISIONS;

/** `agentcore-local mcp` as it is shipped, over an interpreter and a bucket that a test can look into. */
export class McpWorld {
  private readonly closers: (() => Promise<unknown>)[] = [];

  private constructor(private readonly services: LocalServices) {}

  static async open(): Promise<McpWorld> {
    const services = await startLocalServices({ python: await python() });
    await services.s3.client.send(new CreateBucketCommand({ Bucket: 'staging' }));
    return new McpWorld(services);
  }

  get emulator(): Emulator {
    return this.services.emulator;
  }

  /** The command line and environment of a server. */
  get server(): { args: string[]; env: Record<string, string> } {
    return {
      args: ['mcp', '--interpreter', 'aws.codeinterpreter.v1', '--bucket', 'staging'],
      env: {
        PATH: process.env.PATH ?? '',
        ...this.services.environment,
      },
    };
  }

  /** A client, with a server of its own over stdio. */
  async stdio(revision: Revision, more: readonly string[] = []): Promise<{ client: Client; pid: number }> {
    const { args, env } = this.server;
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [CLI, ...args, ...more],
      env,
      stderr: 'inherit',
    });
    const client = await this.connect(revision, transport);
    return { client, pid: transport.pid as number };
  }

  /** A server over HTTP, which several clients can use. */
  async http(more: readonly string[] = []): Promise<{ url: string; run: CommandLine }> {
    const { args, env } = this.server;
    const run = new CommandLine('/tmp', [...args, '--http', '0', ...more], env);
    this.closers.push(async () => {
      run.signal('SIGTERM');
      await run.ended();
    });
    await run.prints('MCP server: ');
    return { url: /MCP server: (\S+)/.exec(run.stdout)?.[1] ?? '', run };
  }

  async httpClient(revision: Revision, url: string, headers: Record<string, string> = {}): Promise<Client> {
    return this.connect(revision, new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
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

  async close(): Promise<void> {
    for (const close of this.closers.reverse()) {
      await close();
    }
    await this.services.stop();
  }

  private async connect(revision: Revision, transport: StdioClientTransport | StreamableHTTPClientTransport) {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: REVISIONS[revision] as never });
    await client.connect(transport);
    this.closers.push(() => client.close());
    return client;
  }
}
