import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { StreamEvent } from '../../lib/runtime/invoker/streaming';
import { InvokerWorld } from '../support/invoker-world';

const BUNDLE = join(__dirname, '../../dist/handlers/invoker-stream/index.js');

type Handler = (event: object, stream: PassThrough, context: object) => Promise<void>;

/** The function URL's handler, from its bundle, with a stand-in for what Lambda's runtime has for streaming. */
describe('the streaming URL', () => {
  let world: InvokerWorld;
  let handler: Handler;
  const before = { ...process.env };

  beforeAll(async () => {
    world = await InvokerWorld.open();
    Object.assign(process.env, world.environment);
    const head = { from: (stream: PassThrough) => stream };
    Object.assign(globalThis, {
      awslambda: { streamifyResponse: (inner: Handler) => inner, HttpResponseStream: head },
    });
    // jest's own require would compile the bundle once more.
    ({ handler } = createRequire(__filename)(BUNDLE));
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    Reflect.deleteProperty(globalThis, 'awslambda');
    process.env = before;
    await world.close();
  });

  /** Calls the URL; the events, as they come. */
  async function* call(body: unknown, seconds = 120): AsyncGenerator<StreamEvent> {
    const stream = new PassThrough();
    const endsAt = Date.now() + seconds * 1000;
    const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => endsAt - Date.now() };
    const event = { body: Buffer.from(JSON.stringify(body)).toString('base64'), isBase64Encoded: true };
    const handled = handler(event, stream, context);
    let rest = '';
    for await (const chunk of stream.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.map((line) => JSON.parse(line) as StreamEvent);
    }
    await handled;
  }

  async function all(body: unknown, seconds?: number): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for await (const event of call(body, seconds)) {
      events.push(event);
    }
    return events;
  }

  test('output comes while the code still runs', async () => {
    const code = [
      'import os, time',
      'print("waiting")',
      'while not os.path.exists("go"): time.sleep(0.05)',
      'print("gone on")',
      'open("out.txt", "w").write("out")',
    ].join('\n');
    const events: StreamEvent[] = [];
    let sessionId = '';
    for await (const event of call({ code, outputs: ['*.txt'] })) {
      events.push(event);
      sessionId = event.type === 'started' ? event.sessionId : sessionId;
      if (event.type === 'stdout' && event.text.includes('waiting')) {
        // It would wait for ever if its output came at its end.
        const content = [{ path: 'go', text: '' }];
        await world.invoke({ sessionId, tool: { name: 'writeFiles', arguments: { content } } });
      }
    }
    expect(events).toEqual([
      { type: 'started', sessionId },
      { type: 'stdout', text: 'waiting\n' },
      { type: 'stdout', text: 'gone on\n' },
      { type: 'result', answer: expect.objectContaining({ outcome: 'succeeded', exitCode: 0, sessionEnded: true }) },
    ]);
    expect(events.at(-1)).toMatchObject({ answer: { files: [{ path: 'out.txt', text: 'out' }] } });
    expect(world.running()).toEqual([]);
  });

  test('a failure of the code is a result, with what it printed on the way', async () => {
    const events = await all({ command: 'echo a; echo b >&2; exit 3' });
    expect(events).toContainEqual({ type: 'stderr', text: 'b\n' });
    expect(events.at(-1)).toMatchObject({ type: 'result', answer: { outcome: 'failed', exitCode: 3 } });
  });

  test('code that takes too long is ended', async () => {
    const events = await all({ command: 'echo a; sleep 600', timeoutSeconds: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'result', answer: { outcome: 'timedOut', sessionEnded: true } });
    expect(world.running()).toEqual([]);
  });

  test("at the end of the Lambda's time, the session is stopped and the error is the last line", async () => {
    const events = await all({ command: 'sleep 600' }, 25);
    expect(events.at(-1)).toMatchObject({ type: 'error', name: 'TimedOut' });
    expect(world.running()).toEqual([]);
  });

  test('a caller that goes away: the session is stopped, and the call is counted once', async () => {
    const logged = jest.mocked(process.stdout.write);
    logged.mockClear();
    const stream = new PassThrough();
    const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 120_000 };
    const body = JSON.stringify({ command: 'while :; do echo x; sleep 0.1; done' });
    const handled = handler({ body }, stream, context);
    await once(stream, 'data');
    stream.destroy(new Error('gone'));
    await handled;
    expect(world.running()).toEqual([]);
    const lines = logged.mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes('"_aws"'))).toEqual([expect.stringContaining('"Errors":1')]);
  });

  test.each([
    ['what does not fit', { code: 1 }, 'code: '],
    ['what is no JSON object', 'text', 'request: '],
    ['a tool', { tool: { name: 'listFiles' } }, 'tool: does not stream'],
  ])('%s is refused', async (_, request, message) => {
    const events = await all(request);
    expect(events).toEqual([{ type: 'error', name: 'InvalidRequest', message: expect.stringContaining(message) }]);
  });
});
