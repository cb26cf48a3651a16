import { ErrorName } from '../../../lib/contract/errors';
import { Deadline } from '../../../lib/runtime/deadline';
import { NamedError } from '../../../lib/runtime/named-error';
import type { ToolBackend } from '../../../lib/runtime/tools/tool-backend';
import { ConversationSession } from '../../../lib/runtime/tools/tool-sessions';

const call = { requestId: 'r', deadline: Deadline.inSeconds(10) };

/** Counts sessions, and loses or refuses them when told to. */
class CountingBackend implements Pick<ToolBackend, 'startSession' | 'sessionName' | 'stopSession'> {
  readonly running = new Set<string>();
  started = 0;
  refuses = false;

  async startSession(): Promise<string> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.refuses) {
      throw new NamedError(ErrorName.serviceUnavailable, 'busy');
    }
    this.started++;
    const id = `s${this.started}`;
    this.running.add(id);
    return id;
  }

  async sessionName(id: string): Promise<string> {
    if (!this.running.has(id)) {
      throw new NamedError(ErrorName.sessionLost, 'over');
    }
    return id;
  }

  async stopSession(id: string): Promise<boolean> {
    return this.running.delete(id);
  }
}

function open() {
  const backend = new CountingBackend();
  return { backend, session: new ConversationSession(backend as unknown as ToolBackend) };
}

test('calls that come at once share one session', async () => {
  const { backend, session } = open();
  const taken = await Promise.all(Array.from({ length: 10 }, () => session.take(undefined, call)));
  expect(new Set(taken.map(({ sessionId }) => sessionId))).toEqual(new Set(['s1']));
  expect(backend.started).toBe(1);
});

test('calls that come at once, after the session was lost, share the new one', async () => {
  const { backend, session } = open();
  await session.take(undefined, call);
  backend.running.clear();
  const taken = await Promise.all(Array.from({ length: 10 }, () => session.take(undefined, call)));
  expect(new Set(taken.map(({ sessionId }) => sessionId))).toEqual(new Set(['s2']));
});

test('a start that fails is tried again by the next call', async () => {
  const { backend, session } = open();
  backend.refuses = true;
  await expect(session.take(undefined, call)).rejects.toThrow('busy');
  backend.refuses = false;
  expect(await session.take(undefined, call)).toMatchObject({ sessionId: 's1', note: undefined });
});

test('the end of the conversation also ends a session that is being started', async () => {
  const { backend, session } = open();
  const taking = session.take(undefined, call);
  await new Promise((resolve) => process.nextTick(resolve));
  await session.close();
  await taking;
  expect(backend.running.size).toBe(0);
});
