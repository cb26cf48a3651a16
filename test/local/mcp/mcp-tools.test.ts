import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { CODE_TOOL_NAMES } from '../../../lib/contract/code-tools';
import { McpWorld, REVISIONS, type Revision } from '../../support/mcp-world';

let world: McpWorld;
beforeAll(async () => {
  world = await McpWorld.open();
});
afterAll(() => world.close());

type Data = Record<string, unknown> & { sessionId?: string; files?: { path: string; text?: string }[] };

/** Calls a tool. The client checks the structured part against the output schema of the tool. */
async function call(client: Client, name: string, args: object, options: object = {}) {
  const { content, structuredContent, isError } = await client.callTool({ name, arguments: { ...args } }, options);
  return { content: content as { type: string; [field: string]: unknown }[], data: structuredContent as Data, isError };
}

type Connect = (revision: Revision) => Promise<Client>;

const TRANSPORTS: Record<string, Connect> = {
  stdio: async (revision) => (await world.stdio(revision)).client,
  HTTP: async (revision) => world.httpClient(revision, (await world.http()).url),
};

const COMBINATIONS = Object.keys(TRANSPORTS).flatMap((transport) =>
  (Object.keys(REVISIONS) as Revision[]).map((revision) => ({ transport, revision })),
);

describe.each(COMBINATIONS)('over $transport, in revision $revision', ({ transport, revision }) => {
  let client: Client;
  beforeAll(async () => {
    client = await (TRANSPORTS[transport] as Connect)(revision);
  });

  test('the revision is what was asked for', () => {
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
  });

  test('the tools are listed, each with both schemas', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([...CODE_TOOL_NAMES]);
    for (const { inputSchema, outputSchema } of tools) {
      expect([inputSchema.type, outputSchema?.type]).toEqual(['object', 'object']);
      expect('sessionId' in (inputSchema.properties ?? {})).toBe(transport === 'HTTP');
    }
  });

  test('code runs, keeps its state, writes a file that can be read by its link, and shows a chart', async () => {
    const first = await call(client, 'execute_python', { code: 'x = 6 * 7\nprint(x)' });
    expect(first).toMatchObject({
      content: [{ type: 'text', text: '42' }],
      data: { outcome: 'succeeded', stdout: '42', exitCode: 0 },
      isError: false,
    });
    const handle = transport === 'HTTP' ? { sessionId: first.data.sessionId } : {};
    const second = await call(client, 'execute_python', {
      ...handle,
      code: 'import matplotlib.pyplot as plt\nplt.plot([x])\nplt.savefig("chart.png")\nopen("säle/a.csv", "w").write("n\\n1\\n") if __import__("os").makedirs("säle") is None else 0',
      outputs: ['chart.png', 'säle/*.csv'],
    });
    const picture = second.content.find(({ type }) => type === 'image');
    expect(picture).toMatchObject({ mimeType: 'image/png', data: expect.stringMatching(/^iVBORw0KGgo/) });
    const link = second.content.find(({ type, name }) => type === 'resource_link' && name === 'säle/a.csv');
    expect(link).toMatchObject({ mimeType: 'text/csv; charset=utf-8', size: 4 });
    const { contents } = await client.readResource({ uri: String(link?.uri) });
    expect(contents).toMatchObject([{ uri: link?.uri, text: 'n\n1\n' }]);
    await call(client, 'stop_session', handle);
    expect(world.running()).not.toContain(first.data.sessionId);
  });

  test('an error of the code is a result that says what it is', async () => {
    const failed = await call(client, 'execute_python', { code: '1/0' });
    expect(failed).toMatchObject({ isError: true, data: { outcome: 'failed', exitCode: 1 } });
    expect(failed.content[0]?.text).toContain('ZeroDivisionError');
    await call(client, 'stop_session', transport === 'HTTP' ? { sessionId: failed.data.sessionId } : {});
  });

  test('invalid arguments are a result, an unknown tool is a protocol error', async () => {
    const wrong = await call(client, 'execute_python', { cod: 'x' });
    expect(wrong).toMatchObject({ isError: true, data: { outcome: 'rejected' } });
    expect(wrong.content[0]?.text).toMatch(/^The arguments of execute_python are not valid: .*code/);
    await expect(client.callTool({ name: 'launch_rocket', arguments: {} })).rejects.toMatchObject({ code: -32602 });
  });

  test('what was printed is told while the code runs', async () => {
    const told: string[] = [];
    const running = call(
      client,
      'execute_python',
      { code: 'import time\nfor n in range(40):\n  print("step", n, flush=True)\n  time.sleep(0.1)' },
      { onprogress: ({ message }: { message?: string }) => told.push(message ?? '') },
    );
    const { data } = await running;
    expect(told[0]).toMatch(/^step 0\n/);
    expect(told[0]).not.toMatch(/step 39/);
    expect(data.stdout).toMatch(/step 39$/);
    await call(client, 'stop_session', transport === 'HTTP' ? { sessionId: data.sessionId } : {});
  });

  test('a call that is canceled ends its code, with the session', async () => {
    const canceling = new AbortController();
    const running = call(client, 'run_command', { command: 'sleep 600' }, { signal: canceling.signal });
    running.catch(() => {});
    while (world.running().length === 0) {
      await sleep(20);
    }
    canceling.abort();
    await expect(running).rejects.toThrow();
    await world.untilNoneRuns();
  });
});

test('long output is cut, and the whole of it can be read by its link', async () => {
  const { client } = await world.stdio('2026-07-28');
  const { content } = await call(client, 'execute_python', { code: 'print("a" * 50_000)' });
  expect(String(content[0]?.text)).toContain('[... 30000 characters left out ...]');
  const link = content.find(({ type }) => type === 'resource_link');
  const { contents } = await client.readResource({ uri: String(link?.uri) });
  expect(contents).toMatchObject([{ text: 'a'.repeat(50_000) }]);
  await call(client, 'stop_session', {});
});

test.each([
  'session://01ABCDEF/a.csv',
  'session://01ABCDEF/%2e%2e/a',
  's3://staging/tools/mcp/anything',
  's3://other-bucket/key',
])('what no answer linked to is not read: %s', async (uri) => {
  const { client } = await world.stdio('2026-07-28');
  await expect(client.readResource({ uri })).rejects.toThrow(/cannot be read/);
});

test('the session of a conversation that ended is told to have been replaced', async () => {
  const { client } = await world.stdio('2026-07-28');
  const { data } = await call(client, 'execute_python', { code: 'while True: pass', timeoutSeconds: 1 });
  expect(data).toMatchObject({ outcome: 'timedOut', sessionEnded: true });
  const next = await call(client, 'execute_python', { code: 'print(1)' });
  expect(next.content[0]?.text).toBe(
    '1\nThe earlier session had ended: this is a new one, without its variables and files.',
  );
  await call(client, 'stop_session', {});
});

test('only the tools of --tools are offered', async () => {
  const { client } = await world.stdio('2026-07-28', ['--tools', 'execute_python,stop_session']);
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['execute_python', 'stop_session']);
});
