import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentcoreLocal } from '../../support/command-line';
import { McpWorld, REVISIONS, type Revision } from '../../support/mcp-world';
import { signalProcess } from '../../support/process-tree';

let world: McpWorld;
beforeEach(async () => {
  world = await McpWorld.open();
});
afterEach(() => world.close());

const revisions = Object.keys(REVISIONS) as Revision[];

async function untilOneRuns(): Promise<void> {
  while (world.running().length === 0) {
    await sleep(20);
  }
}

describe('no session is left', () => {
  test.each(revisions)('when the client closes standard input, in revision %s', async (revision) => {
    const { client } = await world.stdio(revision);
    await client.callTool({ name: 'execute_python', arguments: { code: 'x = 1' } });
    expect(world.running()).toHaveLength(1);
    await client.close();
    await world.untilNoneRuns();
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'when the process is told to end by %s, in a call',
    async (signal) => {
      const { client, pid } = await world.stdio('2026-07-28');
      const running = client.callTool({ name: 'run_command', arguments: { command: 'sleep 600' } });
      running.catch(() => {});
      await untilOneRuns();
      signalProcess(pid, signal);
      await world.untilNoneRuns();
    },
  );

  test('when an HTTP server is told to end', async () => {
    const { url, run } = await world.http();
    const client = await world.httpClient('2026-07-28', url);
    await client.callTool({ name: 'execute_python', arguments: { code: 'x = 1' } });
    await client.callTool({ name: 'execute_python', arguments: { code: 'x = 2' } });
    expect(world.running()).toHaveLength(2);
    run.signal('SIGTERM');
    expect(await run.ended()).toBe(0);
    expect(world.running()).toEqual([]);
  });

  test.each(revisions)('when an HTTP client leaves in a call, in revision %s', async (revision) => {
    const { url } = await world.http();
    const client = await world.httpClient(revision, url);
    const running = client.callTool({ name: 'run_command', arguments: { command: 'sleep 600' } });
    running.catch(() => {});
    await untilOneRuns();
    await client.close();
    await world.untilNoneRuns();
  });

  test('when an HTTP session is idle', async () => {
    const { url } = await world.http(['--idle-timeout', '1']);
    const client = await world.httpClient('2026-07-28', url);
    await client.callTool({ name: 'execute_python', arguments: { code: 'x = 1' } });
    await world.untilNoneRuns();
  });
});

describe('HTTP', () => {
  test('has a limit of sessions, which is told in words', async () => {
    const { url } = await world.http(['--max-sessions', '1']);
    const client = await world.httpClient('2026-07-28', url);
    const { structuredContent } = await client.callTool({ name: 'execute_python', arguments: { code: 'x = 1' } });
    const { sessionId } = structuredContent as { sessionId: string };
    const refused = await client.callTool({ name: 'execute_python', arguments: { code: 'x = 1' } });
    expect(refused).toMatchObject({ isError: true });
    expect(JSON.stringify(refused.content)).toMatch(/1 sessions are running.*stop_session/);
    const given = await client.callTool({ name: 'execute_python', arguments: { code: 'print(x)', sessionId } });
    expect(given.structuredContent).toMatchObject({ stdout: '1' });
  });

  test("does not take a session that is not this server's", async () => {
    const { url } = await world.http();
    const mine = await world.httpClient('2026-07-28', (await world.http()).url);
    const { structuredContent } = await mine.callTool({ name: 'execute_python', arguments: { code: 'x = 1' } });
    const { sessionId } = structuredContent as { sessionId: string };
    const other = await world.httpClient('2026-07-28', url);
    const refused = await other.callTool({ name: 'execute_python', arguments: { code: 'print(x)', sessionId } });
    expect(refused.structuredContent).toMatchObject({
      outcome: 'rejected',
      message: expect.stringContaining('not one that this tool'),
    });
  });

  /** The status of a request that lists the tools. */
  function statusOf(url: string, headers: Record<string, string>): Promise<number> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
    const base = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    return new Promise((resolve, reject) => {
      httpRequest(url, { method: 'POST', headers: { ...base, ...headers } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end(body);
    });
  }

  test('refuses pages of other sites, and names that are not its own', async () => {
    const { url } = await world.http(['--allow-host', 'tools.example']);
    const { port } = new URL(url);
    expect({
      plain: await statusOf(url, {}),
      localPage: await statusOf(url, { origin: `http://localhost:${port}` }),
      allowedPage: await statusOf(url, { origin: 'https://tools.example' }),
      allowedHost: await statusOf(url, { host: `tools.example:${port}` }),
      otherPage: await statusOf(url, { origin: 'https://evil.example' }),
      sandboxedPage: await statusOf(url, { origin: 'null' }),
      otherHost: await statusOf(url, { host: `evil.example:${port}` }),
      otherPath: await statusOf(new URL('/', url).href, {}),
    }).toEqual({
      plain: 200,
      localPage: 200,
      allowedPage: 200,
      allowedHost: 200,
      otherPage: 403,
      sandboxedPage: 403,
      otherHost: 403,
      otherPath: 404,
    });
  });

  test('asks for its token', async () => {
    const { url } = await world.http(['--token', 'secret']);
    expect(await statusOf(url, {})).toBe(401);
    expect(await statusOf(url, { authorization: 'Bearer wrong!' })).toBe(401);
    expect(await statusOf(url, { authorization: 'Bearer secret' })).toBe(200);
    const client = await world.httpClient('2026-07-28', url, { authorization: 'Bearer secret' });
    expect((await client.listTools()).tools).not.toEqual([]);
  });
});

describe('options that cannot work', () => {
  test.each<[string[], RegExp]>([
    [['--interpreter', 'x'], /--interpreter needs --bucket/],
    [['--bucket', 'x'], /--bucket goes with --interpreter/],
    [['--function', 'f', '--interpreter', 'x'], /cannot be used with/],
    [['--http', '0', '--host', '0.0.0.0'], /--host 0\.0\.0\.0 can be reached by others: give --token/],
    [['--tools', 'launch_rocket'], /no tool "launch_rocket".*execute_python/],
    [['--session-timeout', '5'], /whole number, 60 to 28800/],
  ])('%p', async (args, message) => {
    const { code, stderr } = await agentcoreLocal('/tmp', ['mcp', ...args]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) });
  });
});
