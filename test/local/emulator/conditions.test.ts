import { GetCodeInterpreterSessionCommand } from '@aws-sdk/client-bedrock-agentcore';
import { type Emulator, type EmulatorEvent, type EmulatorOptions, startEmulator } from '../../../lib/local/emulator';
import { RateLimits, SERVICE_QUOTAS } from '../../../lib/local/emulator/quotas';
import { MANAGED, TestClient } from './support';

describe('conditions', () => {
  let emulator: Emulator | undefined;

  async function start(options: EmulatorOptions): Promise<TestClient> {
    emulator = await startEmulator(options);
    return new TestClient(emulator);
  }
  afterEach(async () => {
    await emulator?.stop();
    emulator = undefined;
  });

  describe('faults', () => {
    test('throttle, as often as they are told', async () => {
      const client = await start({
        faults: [{ kind: 'throttle', operation: 'StartCodeInterpreterSession', times: 1 }],
      });
      await expect(client.start()).rejects.toMatchObject({
        name: 'ThrottlingException',
        $metadata: { httpStatusCode: 429 },
      });
      await expect(client.start()).resolves.toMatch(/\w{26}/);
      expect(emulator?.history.requests().map(({ fault }) => fault)).toEqual(['throttle', undefined]);
    });

    test('fail, without anything being done', async () => {
      const client = await start({ faults: [{ kind: 'serverError', tool: 'executeCommand', times: 1 }] });
      const session = await client.start();
      await expect(client.command(session, 'touch done')).rejects.toMatchObject({ name: 'InternalServerException' });
      expect((await client.command(session, 'ls')).content).toEqual([]);
    });

    test('cut the stream, after the work is done', async () => {
      const client = await start({ faults: [{ kind: 'cutStream', times: 1 }] });
      const session = await client.start();
      await expect(client.command(session, 'touch done')).rejects.toThrow();
      expect((await client.command(session, 'ls')).structuredContent?.stdout).toBe('done');
    });

    test('kill the session in which a tool runs', async () => {
      const client = await start({ faults: [{ kind: 'killSession', times: 1 }] });
      const session = await client.start();
      await expect(client.command(session, 'sleep 20')).rejects.toMatchObject({ name: 'ConflictException' });
      await expect(client.command(session, 'true')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      expect(emulator?.sessions()).toMatchObject([{ status: 'TERMINATED', endedBy: 'died' }]);
    });

    test('hit a share of the requests, the same ones for the same seed', async () => {
      const hits = async () => {
        const client = await start({
          seed: 5,
          faults: [{ kind: 'throttle', operation: 'GetCodeInterpreterSession', share: 0.3 }],
        });
        for (let index = 0; index < 40; index += 1) {
          await client.send(new GetCodeInterpreterSessionCommand({ ...MANAGED, sessionId: 'none' })).catch(() => {});
        }
        const found = emulator?.history.requests().map(({ status }) => status === 429);
        await emulator?.stop();
        client.destroy();
        return found;
      };
      const first = await hits();
      expect(first?.filter(Boolean).length).toBeGreaterThan(3);
      expect(first?.filter(Boolean).length).toBeLessThan(25);
      expect(await hits()).toEqual(first);
    });

    test('that make no sense are refused', async () => {
      await expect(startEmulator({ faults: [{ kind: 'throttle', share: 2 }] })).rejects.toThrow(/share of a fault/);
      const impossible = { kind: 'cutStream', operation: 'GetCodeInterpreterSession' } as const;
      await expect(startEmulator({ faults: [impossible] })).rejects.toThrow(/InvokeCodeInterpreter only/);
    });
  });

  test('slow answers down', async () => {
    const client = await start({
      latencies: { StartCodeInterpreterSession: 60 },
      faults: [{ kind: 'slow', operation: 'StartCodeInterpreterSession', milliseconds: 60 }],
    });
    await client.start();
    expect(emulator?.history.requests()[0]?.milliseconds).toBeGreaterThanOrEqual(119);
  });

  test('limit concurrent sessions', async () => {
    const client = await start({ quotas: { sessions: 1 } });
    const session = await client.start();
    await expect(client.start()).rejects.toMatchObject({
      name: 'ServiceQuotaExceededException',
      $metadata: { httpStatusCode: 402 },
    });
    await client.stop(session);
    await expect(client.start()).resolves.toMatch(/\w{26}/);
  });

  test("limit each operation's rate as the service does", () => {
    let now = 0;
    const rates = new RateLimits(SERVICE_QUOTAS, () => now);
    const burst = () => {
      let taken = 0;
      try {
        for (; taken < 100; taken += 1) {
          rates.take('InvokeCodeInterpreter');
        }
      } catch {
        // Used up.
      }
      return taken;
    };
    expect(burst()).toBe(30);
    rates.take('StartCodeInterpreterSession');
    now += 500;
    expect(burst()).toBe(15);
    now += 60_000;
    expect(burst()).toBe(30);
  });

  test('answers what is over the rate with ThrottlingException', async () => {
    const client = await start({ quotas: { requestsPerSecond: 1 } });
    await client.start();
    await expect(client.start()).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  test('are told as events', async () => {
    const events: EmulatorEvent[] = [];
    const client = await start({ onEvent: (event) => events.push(event) });
    const session = await client.start({ name: 'told' });
    await client.command(session, 'exit 3');
    await client.stop(session);
    expect(events.map(({ type }) => type)).toEqual([
      'sessionStarted',
      'request',
      'invocation',
      'request',
      'sessionEnded',
      'request',
    ]);
    expect(events[0]).toMatchObject({ at: expect.stringMatching(/^\d{4}-.*Z$/), sessionId: session, name: 'told' });
    expect(emulator?.history.invocations(session)).toMatchObject([
      { tool: 'executeCommand', arguments: { command: 'exit 3' }, isError: true, exitCode: 3, sessionId: session },
    ]);
  });
});
