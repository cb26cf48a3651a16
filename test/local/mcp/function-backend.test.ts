import { FunctionBackend } from '../../../lib/local/mcp/function-backend';
import { Deadline } from '../../../lib/runtime/deadline';
import { ToolExecutor } from '../../../lib/runtime/tools/tool-executor';
import { ConversationSession } from '../../../lib/runtime/tools/tool-sessions';
import { InvokerWorld } from '../../support/invoker-world';

let world: InvokerWorld;
let sessions: ConversationSession;
let executor: ToolExecutor;

beforeAll(async () => {
  world = await InvokerWorld.open();
  const backend = new FunctionBackend(world, 600);
  sessions = new ConversationSession(backend);
  executor = new ToolExecutor({
    backend,
    sessions,
    naming: 'implicit',
    places: () => ({
      keep: async () => undefined,
      locate: async ({ bucket, s3Key }) => ({ uri: `s3://${bucket}/${s3Key}` }),
      showPictures: true,
    }),
  });
});
afterAll(() => world.close());

function call(name: string, args: object, signal?: AbortSignal) {
  return executor.call(name, args, { deadline: Deadline.inSeconds(100), signal });
}

test('the tools run in sessions of a deployed invoker, and keep their state', async () => {
  await call('execute_python', { code: 'x = 41' });
  expect(await call('execute_python', { code: 'print(x + 1)' })).toMatchObject({ isError: false, text: '42' });
  expect(world.running()).toHaveLength(1);
  expect(await call('stop_session', {})).toMatchObject({ isError: false });
  expect(world.running()).toEqual([]);
});

test('a session that was lost is told, and the next call starts anew', async () => {
  const { data } = await call('execute_python', { code: 'x = 1' });
  await world.invoke({ command: ':', sessionId: data.sessionId, endSession: true });
  expect(await call('execute_python', { code: 'print(x)' })).toMatchObject({
    isError: true,
    error: 'SessionLost',
    text: expect.stringContaining('The session has ended'),
  });
  expect((await call('execute_python', { code: 'print(2)' })).text).toMatch(/^2\nThe earlier session had ended/);
  await sessions.close();
  expect(world.running()).toEqual([]);
});

test('a call that is canceled ends its session, and the code in it', async () => {
  await call('execute_python', { code: 'x = 1' });
  const canceling = new AbortController();
  const running = call('run_command', { command: 'sleep 600' }, canceling.signal);
  canceling.abort();
  expect(await running).toMatchObject({ isError: true, error: 'Canceled', data: { sessionEnded: true } });
  expect(world.running()).toEqual([]);
});

test('output that is too large for an answer is where the invoker has put it', async () => {
  const { data } = await call('execute_python', { code: 'print("a" * 8_000_000)' });
  expect(data.stdoutUri).toMatch(/^s3:\/\/staging\/invoker\//);
  await sessions.close();
});
