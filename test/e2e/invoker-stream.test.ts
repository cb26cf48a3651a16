/** @needs Python */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { StreamEvent } from '../../lib/runtime/invoker/streaming';
import { StreamingUrl } from '../support/streaming-url';

describe('the streaming URL', () => {
  let url: StreamingUrl;

  beforeAll(async () => {
    url = await StreamingUrl.open();
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    await url.close();
  });

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
    for await (const event of url.call({ code, outputs: ['*.txt'] })) {
      events.push(event);
      sessionId = event.type === 'started' ? event.sessionId : sessionId;
      if (event.type === 'stdout' && event.text.includes('waiting')) {
        // It would wait for ever if its output came at its end.
        const content = [{ path: 'go', text: '' }];
        await url.world.invoke({ sessionId, tool: { name: 'writeFiles', arguments: { content } } });
      }
    }
    expect(events).toEqual([
      { type: 'started', sessionId },
      { type: 'stdout', text: 'waiting\n' },
      { type: 'stdout', text: 'gone on\n' },
      { type: 'result', answer: expect.objectContaining({ outcome: 'succeeded', exitCode: 0, sessionEnded: true }) },
    ]);
    expect(events.at(-1)).toMatchObject({ answer: { files: [{ path: 'out.txt', text: 'out' }] } });
    expect(url.world.running()).toEqual([]);
  });

  test('a failure of the code is a result, with what it printed on the way', async () => {
    const events = await url.all({ command: 'echo a; echo b >&2; exit 3' });
    expect(events).toContainEqual({ type: 'stderr', text: 'b\n' });
    expect(events.at(-1)).toMatchObject({ type: 'result', answer: { outcome: 'failed', exitCode: 3 } });
  });

  test('code that takes too long is ended', async () => {
    const events = await url.all({ command: 'echo a; sleep 600', timeoutSeconds: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'result', answer: { outcome: 'timedOut', sessionEnded: true } });
    expect(url.world.running()).toEqual([]);
  });

  test("at the end of the Lambda's time, the session is stopped and the error is the last line", async () => {
    const events = await url.all({ command: 'sleep 600' }, 25);
    expect(events.at(-1)).toMatchObject({ type: 'error', name: 'TimedOut' });
    expect(url.world.running()).toEqual([]);
  });

  test('a caller that goes away: the session is stopped, and the call is counted once', async () => {
    const logged = jest.mocked(process.stdout.write);
    logged.mockClear();
    const stream = new PassThrough();
    const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 120_000 };
    const body = JSON.stringify({ command: 'while :; do echo x; sleep 0.1; done' });
    const handled = url.handler({ body }, stream, context);
    await once(stream, 'data');
    stream.destroy(new Error('gone'));
    await handled;
    expect(url.world.running()).toEqual([]);
    const lines = logged.mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes('"_aws"'))).toEqual([expect.stringContaining('"Errors":1')]);
  });

  test.each([
    ['what does not fit', { code: 1 }, 'code: '],
    ['what is no JSON object', 'text', 'request: '],
    ['a tool', { tool: { name: 'listFiles' } }, 'tool: does not stream'],
  ])('%s is refused', async (_, request, message) => {
    const events = await url.all(request);
    expect(events).toEqual([{ type: 'error', name: 'InvalidRequest', message: expect.stringContaining(message) }]);
  });
});
