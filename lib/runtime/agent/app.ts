import { once } from 'node:events';
import { AGENT_PORT, type AgentSettings } from '../../contract/agent';
import { EnvironmentName } from '../../contract/environment';
import { invokerEnvironment } from '../invoker/environment';
import { messageOf } from '../named-error';
import { required } from '../settings';
import { openModel } from './agent-model';
import { AgentServer } from './agent-server';
import { Conversation } from './conversation';
import { Conversations } from './conversations';

/** The program that AgentCore Runtime runs, and `agentcore-local agent` as well. */
async function main(): Promise<void> {
  const settings = JSON.parse(required(EnvironmentName.agentSettings)) as AgentSettings;
  const environment = invokerEnvironment();
  const model = openModel(settings.model);
  const log = (line: object) => console.log(JSON.stringify({ agent: settings.name, ...line }));
  const agent = new AgentServer(new Conversations(() => new Conversation({ settings, environment, model })), log);
  const socket = process.env[EnvironmentName.agentSocket];
  agent.server.listen(socket ? { path: socket } : { host: '0.0.0.0', port: AGENT_PORT });
  await once(agent.server, 'listening');
  log({ message: 'listening', model: model.getConfig().modelId });
  await ending(socket !== undefined);
  await agent.close();
}

/** @param ofParent whether the process that has started this one ends it by closing standard input, or by ending */
async function ending(ofParent: boolean): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal));
  await Promise.race([...signals, ...(ofParent ? [once(process.stdin.resume(), 'close')] : [])]);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(messageOf(error));
    process.exit(1);
  },
);
