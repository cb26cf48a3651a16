import type { AgentEvent, AgentRequest } from '../../contract/agent';

/** An agent, wherever it runs. One target is one conversation. */
export interface AgentTarget {
  /** Asks, and hands out the events of the answer as they come; to stop iterating is to leave. */
  ask(request: AgentRequest): AsyncGenerator<AgentEvent>;
  close(): Promise<void>;
}

/** The events in a stream of server-sent events, or in the JSON that a refusal is. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<AgentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith('data: ')) {
        yield JSON.parse(part.slice('data: '.length));
      }
    }
  }
  if (rest.trim() !== '') {
    yield refusal(rest);
  }
}

function refusal(body: string): AgentEvent {
  try {
    const { error, message } = JSON.parse(body);
    return { type: 'error', error: String(error), message: String(message) };
  } catch {
    return { type: 'error', error: 'InvalidAnswer', message: `the agent answered "${body.slice(0, 200)}"` };
  }
}
