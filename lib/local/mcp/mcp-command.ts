import { once } from 'node:events';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { version } from '../../../packages/agentcore-local/package.json';
import { ConversationSession } from '../../runtime/tools/tool-sessions';
import { standardError, standardOutput } from '../terminal';
import { listen } from './http-endpoint';
import { LazyTarget } from './lazy-target';
import type { McpOptions } from './mcp-options';
import { McpService } from './mcp-server';
import { checkTargetOptions, openToolTarget } from './tool-target';
import { TrackedSessions } from './tracked-sessions';

/** Serves the tools until the client leaves or the process is stopped. Then no session remains. */
export async function mcpCommand(options: McpOptions): Promise<void> {
  checkTargetOptions(options);
  const target = new LazyTarget(() => openToolTarget(options));
  try {
    await (options.http === undefined ? overStdio(target, options) : overHttp(target, options.http, options));
  } finally {
    await target.close();
  }
}

/** One client, one conversation. Standard output is the protocol's. */
async function overStdio(target: LazyTarget, { tools }: McpOptions): Promise<void> {
  const sessions = new ConversationSession(target);
  const service = new McpService({ target, sessions, naming: 'implicit', tools, version });
  const ended = Promise.race([ending(), once(process.stdin, 'end'), once(process.stdin, 'close')]);
  const served = serveStdio(() => service.server(), { onerror: report });
  await ended;
  await served.close();
  await sessions.close();
}

async function overHttp(target: LazyTarget, port: number, options: McpOptions): Promise<void> {
  const { tools, host, token, allowHost: allowedHosts, maxSessions, idleTimeout: idleSeconds } = options;
  const sessions = new TrackedSessions(target, { maxSessions, idleSeconds });
  const service = new McpService({ target, sessions, naming: 'handle', tools, version });
  const endpoint = await listen(service, { host, port, token, allowedHosts });
  standardOutput.lines(`MCP server: ${endpoint.url}`);
  await ending();
  await endpoint.close();
  await sessions.close();
}

function ending(): Promise<unknown> {
  return Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
}

function report(error: Error): void {
  standardError.text(error.message);
}
