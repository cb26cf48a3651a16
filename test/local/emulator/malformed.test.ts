import { Agent, request } from 'node:http';
import { ListCodeInterpreterSessionsCommand } from '@aws-sdk/client-bedrock-agentcore';
import fc from 'fast-check';
import { FUZZ_REQUESTS, forEachAtOnce, rawRequests, sendRaw } from '../../support/raw-requests';
import { EmulatorProcess } from './process';
import { bearer, MANAGED, TestClient } from './support';

const SHAPED = Math.ceil(FUZZ_REQUESTS * 0.7);
const RAW = FUZZ_REQUESTS - SHAPED;

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly error: string | undefined;
  readonly body: string;
}

describe('malformed requests', () => {
  let emulator: EmulatorProcess;
  let client: TestClient;
  let session: string;
  let agent: Agent;

  beforeAll(async () => {
    emulator = await EmulatorProcess.start({});
    client = new TestClient(emulator);
    session = await client.start();
    agent = new Agent({ keepAlive: true, maxSockets: 20 });
  });
  afterAll(async () => {
    agent.destroy();
    await emulator.stop();
  });

  function send(method: string, path: string, body: string | Buffer, headers: Record<string, string>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(`${emulator.endpoint}${path}`, { method, headers, agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const { 'content-type': type, 'x-amzn-errortype': error } = answer.headers;
          resolve({
            status: answer.statusCode ?? 0,
            type,
            error: error as string | undefined,
            body: Buffer.concat(chunks).toString(),
          });
        });
        answer.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  function expectWellFormed(answer: Answer, sent: unknown): void {
    const parsed = answer.type === 'application/json' ? JSON.parse(answer.body) : undefined;
    const fine =
      answer.status >= 400 && answer.status < 500 && typeof parsed?.message === 'string' && answer.error !== undefined;
    if (!fine) {
      throw new Error(
        `${JSON.stringify(sent)?.slice(0, 500)} was answered with ${answer.status} ${answer.body.slice(0, 500)}`,
      );
    }
  }

  const wrong = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constant(true),
    fc.array(fc.anything({ maxDepth: 1 }), { maxLength: 3 }),
    fc.object({ maxDepth: 2 }),
  );
  const badArguments = fc.oneof(
    fc.record({ code: wrong, language: fc.string() }),
    fc.record({ command: wrong }),
    fc.record({ paths: fc.oneof(fc.string(), fc.array(fc.integer(), { minLength: 1 })) }),
    fc.record({
      content: fc.oneof(fc.string(), fc.array(fc.record({ path: wrong, blob: fc.constant('%%%') }), { minLength: 1 })),
    }),
    fc.record({ taskId: wrong }),
    fc.string(),
    fc.integer(),
  );
  const badInvocation = fc.oneof(
    fc.record({
      name: fc.string({ unit: 'grapheme' }).filter((name) => !/^\w+$/.test(name)),
      arguments: fc.anything({ maxDepth: 2 }),
    }),
    fc.record({
      name: fc.constantFrom(
        'executeCode',
        'executeCommand',
        'readFiles',
        'removeFiles',
        'writeFiles',
        'startCommandExecution',
        'getTask',
        'stopTask',
      ),
      arguments: badArguments,
    }),
    fc.record({ arguments: badArguments }),
  );
  const badStart = fc.oneof(
    fc.record({ name: fc.oneof(wrong, fc.constant(''), fc.string({ minLength: 101, maxLength: 300 })) }),
    fc.record({ sessionTimeoutSeconds: fc.oneof(fc.integer({ max: 0 }), fc.integer({ min: 28_801 }), fc.string()) }),
    fc.record({ clientToken: fc.string({ maxLength: 32 }) }),
    fc.record({ certificates: fc.oneof(fc.constant([]), fc.array(fc.object({ maxDepth: 1 }), { minLength: 1 })) }),
  );
  const json = (value: unknown) =>
    JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? String(member) : member)) ?? 'null';
  const managed = '/code-interpreters/aws.codeinterpreter.v1';
  const shaped = fc.oneof(
    badInvocation.map((body) => ({ method: 'POST', path: `${managed}/tools/invoke`, body: json(body) })),
    badStart.map((body) => ({ method: 'PUT', path: `${managed}/sessions/start`, body: json(body) })),
    fc.record({ maxResults: fc.oneof(fc.integer({ max: 0 }), fc.integer({ min: 101 }), fc.string()) }).map((body) => ({
      method: 'POST',
      path: `${managed}/sessions/list`,
      body: json(body),
    })),
    fc
      .oneof(
        fc.string(),
        fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
      )
      .filter((text) => {
        try {
          return typeof JSON.parse(text) !== 'object';
        } catch {
          return text !== '';
        }
      })
      .map((body) => ({ method: 'PUT', path: `${managed}/sessions/start`, body })),
    fc
      .tuple(
        fc.constantFrom('GET', 'PUT', 'DELETE', 'PATCH'),
        fc
          .webPath()
          .filter((path) => path.startsWith('/') && !/^\/(|metrics|events|status\.json|files\.json)$/.test(path)),
      )
      .map(([method, path]) => ({ method, path, body: '' })),
    fc
      .webSegment()
      .map((id) => ({ method: 'GET', path: `/code-interpreters/${id || 'x'}/sessions/get?sessionId=${id}`, body: '' })),
    fc
      .record({ name: wrong, networkConfiguration: fc.object({ maxDepth: 1 }) })
      .map((body) => ({ method: 'PUT', path: '/code-interpreters', body: json(body) })),
  );

  test(`are each answered with a well-formed 4xx: ${SHAPED} of a request's shape`, async () => {
    await forEachAtOnce(fc.sample(shaped, { numRuns: SHAPED, seed: 4 }), async ({ method, path, body }) => {
      const headers = {
        ...bearer(emulator),
        'content-type': 'application/json',
        'x-amzn-code-interpreter-session-id': session,
      };
      expectWellFormed(await send(method, path, body, headers), { method, path, body });
    });
  }, 120_000);

  test(`are each answered with a well-formed 4xx: ${RAW} of raw bytes`, async () => {
    await forEachAtOnce(fc.sample(rawRequests, { numRuns: RAW, seed: 4 }), async (bytes) => {
      const answer = await sendRaw(emulator.endpoint, bytes);
      if (answer === '' && bytes.toString('latin1').startsWith('CONNECT ')) {
        return;
      }
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
      const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
      const fine =
        status?.startsWith('4') &&
        /\r\nx-amzn-errortype: /i.test(answer) &&
        typeof JSON.parse(body).message === 'string';
      if (!fine) {
        throw new Error(
          `${JSON.stringify(bytes.toString('latin1'))} was answered with ${JSON.stringify(answer.slice(0, 500))}`,
        );
      }
    });
  }, 120_000);

  test('leave the emulator as it was, its memory included', async () => {
    const again = fc.sample(shaped, { numRuns: Math.min(2_000, FUZZ_REQUESTS), seed: 5 });
    const headers = {
      ...bearer(emulator),
      'content-type': 'application/json',
      'x-amzn-code-interpreter-session-id': session,
    };
    const before = emulator.memoryBytes;
    await forEachAtOnce(again, async ({ method, path, body }) => {
      await send(method, path, body, headers);
    });
    expect(emulator.memoryBytes - before).toBeLessThan(64_000_000);
    expect((await client.command(session, 'echo fine')).structuredContent?.stdout).toBe('fine');
    const { items } = await client.send(new ListCodeInterpreterSessionsCommand(MANAGED));
    expect(items?.map(({ sessionId }) => sessionId)).toEqual([session]);
  });
});
