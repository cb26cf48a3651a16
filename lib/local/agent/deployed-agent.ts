import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand } from '@aws-sdk/client-bedrock-agentcore';
import type { AgentRequest } from '../../contract/agent';
import { type AgentTarget, readEvents } from './agent-target';

/** The service's limit of a streamed answer. */
const STREAM_MS = 60 * 60 * 1000;

/** An agent in an account. Each target is one session of its Runtime. */
export function deployedAgent(agentRuntimeArn: string): AgentTarget {
  const client = new BedrockAgentCoreClient({
    region: agentRuntimeArn.split(':')[3] || undefined,
    // A second attempt would ask the question twice.
    maxAttempts: 1,
    requestHandler: { requestTimeout: STREAM_MS, socketTimeout: STREAM_MS },
  });
  const runtimeSessionId = `agentcore-local-${randomUUID()}`;
  return {
    ask: (asked) => ask(client, agentRuntimeArn, runtimeSessionId, asked),
    close: async () => client.destroy(),
  };
}

async function* ask(
  client: BedrockAgentCoreClient,
  agentRuntimeArn: string,
  runtimeSessionId: string,
  asked: AgentRequest,
) {
  const leave = new AbortController();
  try {
    const { response } = await client.send(
      new InvokeAgentRuntimeCommand({
        agentRuntimeArn,
        runtimeSessionId,
        contentType: 'application/json',
        accept: 'text/event-stream',
        payload: Buffer.from(JSON.stringify(asked)),
      }),
      { abortSignal: leave.signal },
    );
    yield* readEvents(response as unknown as Readable);
  } finally {
    leave.abort();
  }
}
