import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BedrockAgentCoreClient } from '@aws-sdk/client-bedrock-agentcore';
import {
  AGENT_SESSION_HEADER,
  type AgentModelAccess,
  type AgentRequest,
  type AgentSettings,
  agentPrefix,
} from '../../contract/agent';
import { EnvironmentName } from '../../contract/environment';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { messageOf } from '../../runtime/named-error';
import { builtFile } from '../built-files';
import type { LocalServices } from '../runner/local-services';
import { environmentWithServices, LOCAL_BUCKET } from '../runner/user-services';
import { type AgentTarget, readEvents } from './agent-target';

const SESSION_TIMEOUT_SECONDS = 3600;

/**
 * The bundle that AgentCore Runtime runs, in a process of its own. It listens on a socket in a folder that only this user
 * can open: no page and no other user of this machine reaches it.
 */
export async function startLocalAgent(settings: AgentSettings, services: LocalServices): Promise<AgentTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'agentcore-agent-'));
  const socketPath = join(folder, 'socket');
  const access = settings.model.startsWith('bedrock:')
    ? { [EnvironmentName.agentModelAccess]: JSON.stringify(await modelAccess()) }
    : {};
  const agent = spawn(process.execPath, [builtFile('agent/app.js')], {
    env: { ...environmentOf(settings, services), ...access, [EnvironmentName.agentSocket]: socketPath },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(agent, 'exit');
  const close = async () => {
    agent.stdin?.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(agent);
  } catch (error) {
    await close();
    throw error;
  }
  return { ask: (asked) => ask(socketPath, asked), close };
}

/** As the AWS SDK finds them in this process; the agent's own variables are those of the stand-ins. */
async function modelAccess(): Promise<AgentModelAccess> {
  const { config } = new BedrockAgentCoreClient();
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await config.credentials();
    return { region: await config.region(), credentials: { accessKeyId, secretAccessKey, sessionToken } };
  } catch (error) {
    throw new Error(`a model of Bedrock needs AWS credentials and a Region: ${messageOf(error)}`);
  }
}

function environmentOf(settings: AgentSettings, services: LocalServices): NodeJS.ProcessEnv {
  return {
    ...environmentWithServices(services),
    [EnvironmentName.interpreterId]: MANAGED_INTERPRETER_ID,
    [EnvironmentName.stagingBucket]: LOCAL_BUCKET,
    [EnvironmentName.stagingPrefix]: agentPrefix(settings.name),
    [EnvironmentName.sessionTimeoutSeconds]: String(SESSION_TIMEOUT_SECONDS),
    [EnvironmentName.agentSettings]: JSON.stringify(settings),
  };
}

async function listening(agent: ChildProcess): Promise<void> {
  let errors = '';
  agent.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4_000);
  });
  const lines = createInterface({ input: agent.stdout as NonNullable<ChildProcess['stdout']> });
  const [line] = (await Promise.race([once(lines, 'line'), once(agent, 'exit').then(() => [])])) as [string?];
  if (line === undefined) {
    throw new Error(errors.trim() || 'the agent has ended before it listened');
  }
}

async function* ask(socketPath: string, asked: AgentRequest) {
  const sent = request({
    socketPath,
    method: 'POST',
    path: '/invocations',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', [AGENT_SESSION_HEADER]: 'chat' },
  });
  try {
    sent.end(JSON.stringify(asked));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    yield* readEvents(response);
  } finally {
    sent.destroy();
  }
}
