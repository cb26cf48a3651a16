import { request } from 'node:http';
import { type Emulator, greeting, startEmulator } from '../../../lib/local/emulator';
import { bearer, TestClient } from './support';

describe('operation', () => {
  let emulator: Emulator;
  let client: TestClient;

  beforeAll(async () => {
    emulator = await startEmulator({ poolSize: 1 });
    client = new TestClient(emulator);
  });
  afterAll(() => emulator.stop());

  const get = (path: string, init?: RequestInit) =>
    fetch(`${emulator.endpoint}${path}`, { ...init, headers: { ...bearer(emulator), ...init?.headers } });

  test('shows a page at /', async () => {
    const answer = await get('/');
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await answer.text()).toContain('AgentCore Code Interpreter, local');
  });

  test('tells the page about sessions, their files and the last invocations', async () => {
    const session = await client.start({ name: 'shown' });
    await client.call(session, 'writeFiles', { content: [{ path: 'folder/a.txt', text: 'abc' }] });
    const status = (await (await get('/status.json')).json()) as { sessions: unknown[]; invocations: unknown[] };
    expect(status.sessions[0]).toMatchObject({ sessionId: session, name: 'shown', status: 'READY' });
    expect(status.invocations[0]).toMatchObject({ sessionId: session, tool: 'writeFiles' });
    const files = await (await get(`/files.json?sessionId=${session}&path=folder`)).json();
    expect(files).toEqual({ files: [{ name: 'a.txt', directory: false, bytes: 3 }] });
  });

  test('tells what happens as it happens', async () => {
    const abort = new AbortController();
    const reader = (await get('/events', { signal: abort.signal })).body
      ?.pipeThrough(new TextDecoderStream())
      .getReader();
    const session = await client.start();
    let seen = '';
    while (!seen.includes(session)) {
      seen += (await reader?.read())?.value ?? '';
    }
    abort.abort();
    expect(seen).toContain('sessionStarted');
  });

  test('counts requests and sessions for Prometheus', async () => {
    await client.stop(await client.start());
    const text = await (await get('/metrics')).text();
    expect(text).toMatch(/agentcore_local_requests_total\{operation="StartCodeInterpreterSession",status="200"\} \d+/);
    expect(text).toMatch(/agentcore_local_sessions_ended_total\{cause="stopped"\} \d+/);
    expect(text).toMatch(/^agentcore_local_sessions \d+$/m);
  });

  test('refuses pages of other origins', async () => {
    const answer = await get('/code-interpreters/aws.codeinterpreter.v1/sessions/start', {
      method: 'PUT',
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(403);
  });

  test('refuses names that merely resolve to a loopback address', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${emulator.endpoint}/`, { headers: { host: 'evil.example' } }, (answer) =>
        resolve(answer.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test('listens elsewhere with a token only', async () => {
    await expect(startEmulator({ host: '0.0.0.0', token: false })).rejects.toThrow(/needs a token/);
  });

  test('lets in those who sign with the token, or show it', async () => {
    const { endpoint, credentials } = emulator;
    const wrong = { ...credentials, secretAccessKey: 'another-secret-of-this-test' };
    await expect(new TestClient({ endpoint, credentials: wrong }).start()).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(client.start()).resolves.toMatch(/\w{26}/);
    expect((await get('/metrics')).status).toBe(200);
    expect((await get('/metrics', { headers: bearer({ credentials: wrong }) })).status).toBe(403);
    expect((await get('/metrics', { headers: { authorization: '' } })).status).toBe(403);
    expect((await fetch(`${endpoint}/metrics?token=${emulator.token}`)).status).toBe(403);
  });

  test('takes a token of the caller, if it is long enough to be one', async () => {
    const own = await startEmulator({ token: 'sesame-of-this-test' });
    expect(own.credentials.secretAccessKey).toBe('sesame-of-this-test');
    await own.stop();
    await expect(startEmulator({ token: 'sesame' })).rejects.toThrow('The token must be 16 to 128 letters');
  });

  test('has a random token otherwise, and none only if that is asked for', async () => {
    const [other, open] = await Promise.all([startEmulator(), startEmulator({ token: false })]);
    try {
      expect(other.token).toMatch(/^[\w-]{40}$/);
      expect(other.token).not.toBe(emulator.token);
      expect(open.token).toBeUndefined();
      expect((await fetch(`${open.endpoint}/metrics`)).status).toBe(200);
    } finally {
      await Promise.all([other.stop(), open.stop()]);
    }
  });

  test('says how to point clients at it and whether there is a sandbox', () => {
    const unsandboxed = {
      ...emulator,
      isolation: { mode: 'none' as const, reason: 'no bwrap', notSandboxed: ['all'] },
    };
    const text = greeting(unsandboxed, {}).join('\n');
    expect(text).toContain(`AWS_ENDPOINT_URL_BEDROCK_AGENTCORE=${emulator.endpoint}`);
    expect(text).toContain('Sandbox: none; code runs as you.');
    expect(text).not.toContain('  - all');
    const leaky = { ...emulator, isolation: { mode: 'bubblewrap' as const, notSandboxed: ['memory is not limited'] } };
    expect(greeting(leaky, {}).join('\n')).toContain('Sandbox: bubblewrap\n  - memory is not limited');
  });
});
