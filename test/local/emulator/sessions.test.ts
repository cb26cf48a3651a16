/** @needs Python */
import {
  GetCodeInterpreterSessionCommand,
  InvokeCodeInterpreterCommand,
  ListCodeInterpreterSessionsCommand,
  StartCodeInterpreterSessionCommand,
  StopCodeInterpreterSessionCommand,
} from '@aws-sdk/client-bedrock-agentcore';
import { type Emulator, startEmulator } from '../../../lib/local/emulator';
import { hostilePython, hostileShell } from '../../support/hostile-code';
import { describeWith } from '../../support/requirements';
import { MANAGED, TestClient, testPython, until } from './support';

describe('sessions', () => {
  let emulator: Emulator;
  let client: TestClient;

  beforeAll(async () => {
    emulator = await startEmulator({
      interpreters: [
        { id: 'mine-0123456789' },
        {
          id: 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:code-interpreter-custom/other-abcdefghij',
          networkMode: 'PUBLIC',
        },
      ],
      timeScale: 20,
    });
    client = new TestClient(emulator);
  });
  afterAll(() => emulator.stop());

  const get = (sessionId: string) => client.send(new GetCodeInterpreterSessionCommand({ ...MANAGED, sessionId }));

  test('have ids like ULIDs and start READY', async () => {
    const started = await client.send(
      new StartCodeInterpreterSessionCommand({ ...MANAGED, name: 'one', sessionTimeoutSeconds: 1000 }),
    );
    expect(started.sessionId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    const { $metadata: _, ...answer } = await get(started.sessionId ?? '');
    expect(answer).toEqual({
      codeInterpreterIdentifier: 'aws.codeinterpreter.v1',
      sessionId: started.sessionId,
      name: 'one',
      createdAt: started.createdAt,
      sessionTimeoutSeconds: 1000,
      status: 'READY',
    });
  });

  test('live 900 seconds by default', async () => {
    expect((await get(await client.start())).sessionTimeoutSeconds).toBe(900);
  });

  test('are the same for the same client token, and refuse it with other parameters', async () => {
    const clientToken = 'a-token-of-at-least-thirty-three-characters';
    const first = await client.start({ clientToken, name: 'token' });
    expect(await client.start({ clientToken, name: 'token' })).toBe(first);
    await expect(client.start({ clientToken, name: 'another' })).rejects.toMatchObject({
      name: 'ValidationException',
      reason: 'IdempotentParameterMismatchException',
    });
  });

  test('belong to their interpreter, which may be named by its ARN', async () => {
    const arn = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:code-interpreter-custom/other-abcdefghij';
    const { sessionId, codeInterpreterIdentifier } = await client.send(
      new StartCodeInterpreterSessionCommand({ codeInterpreterIdentifier: arn }),
    );
    expect(codeInterpreterIdentifier).toBe('other-abcdefghij');
    await expect(get(sessionId ?? '')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const found = await client.send(
      new GetCodeInterpreterSessionCommand({ codeInterpreterIdentifier: 'other-abcdefghij', sessionId }),
    );
    expect(found.status).toBe('READY');
  });

  test('of an unknown interpreter are not found', async () => {
    const start = new StartCodeInterpreterSessionCommand({ codeInterpreterIdentifier: 'nobody-0123456789' });
    await expect(client.send(start)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('are listed newest first, in pages, by status', async () => {
    const mine = { codeInterpreterIdentifier: 'mine-0123456789' };
    const started: (string | undefined)[] = [];
    for (let index = 0; index < 5; index += 1) {
      started.unshift(
        (await client.send(new StartCodeInterpreterSessionCommand({ ...mine, name: `s${index}` }))).sessionId,
      );
    }
    const listed: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(new ListCodeInterpreterSessionsCommand({ ...mine, maxResults: 2, nextToken }));
      expect(page.items?.length).toBeLessThanOrEqual(2);
      listed.push(...(page.items ?? []).map(({ sessionId }) => sessionId));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(listed).toEqual(started);
    await client.send(new StopCodeInterpreterSessionCommand({ ...mine, sessionId: started[0] }));
    const ended = await client.send(new ListCodeInterpreterSessionsCommand({ ...mine, status: 'TERMINATED' }));
    expect(ended.items?.map(({ sessionId, status }) => [sessionId, status])).toEqual([[started[0], 'TERMINATED']]);
    await expect(
      client.send(new ListCodeInterpreterSessionsCommand({ ...mine, nextToken: 'bm9uZQ' })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('end when they are stopped, once', async () => {
    const sessionId = await client.start();
    const stopped = await client.send(new StopCodeInterpreterSessionCommand({ ...MANAGED, sessionId }));
    expect(stopped).toMatchObject({ ...MANAGED, sessionId, lastUpdatedAt: expect.any(Date) });
    expect((await get(sessionId)).status).toBe('TERMINATED');
    await expect(client.stop(sessionId)).rejects.toMatchObject({
      name: 'ConflictException',
      message: `Session already terminated: ${sessionId}`,
      $metadata: { httpStatusCode: 409 },
    });
    await expect(client.command(sessionId, 'true')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('that never were are not found', async () => {
    await expect(client.stop('01ARZ3NDEKTSV4RRFFQ69G5FAV')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(client.command('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'true')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('end at their timeout, whatever they are doing', async () => {
    // Twenty times faster than the clock: half a second.
    const sessionId = await client.start({ sessionTimeoutSeconds: 10 });
    await expect(client.command(sessionId, 'sleep 30')).rejects.toMatchObject({
      name: 'ConflictException',
      message: `The session ${sessionId} ended before the request could complete, as it exceeded the configured session timeout.`,
    });
    expect((await get(sessionId)).status).toBe('TERMINATED');
    expect(emulator.sessions().find((session) => session.sessionId === sessionId)?.endedBy).toBe('timedOut');
  });

  test('that are stopped in the middle of an invocation end it', async () => {
    const sessionId = await client.start();
    const running = client.command(sessionId, 'sleep 30');
    const failure = expect(running).rejects.toMatchObject({ name: 'ConflictException' });
    await until(async () => (await client.command(sessionId, 'pgrep sleep')).isError === false);
    await client.stop(sessionId);
    await failure;
  });

  test('echo their id in the header of an answer', async () => {
    const sessionId = await client.start();
    const answer = await client.send(
      new InvokeCodeInterpreterCommand({
        ...MANAGED,
        sessionId,
        name: 'executeCommand',
        arguments: { command: 'true' },
      }),
    );
    expect(answer.sessionId).toBe(sessionId);
  });

  test('answer Python with what is missing where there is none', async () => {
    const answer = await client.python(await client.start(), '1');
    expect(answer).toMatchObject({
      isError: true,
      structuredContent: { stderr: expect.stringContaining('AGENTCORE_LOCAL_PYTHON') },
    });
  });
});

describeWith('bubblewrap', 'sessions that kill all their processes', () => {
  test('have died', async () => {
    const emulator = await startEmulator({ isolation: 'require' });
    const client = new TestClient(emulator);
    const sessionId = await client.start();
    const killing = client.command(sessionId, hostileShell('kill -9 -1'));
    await expect(killing).rejects.toMatchObject({ name: 'ConflictException' });
    await until(async () => {
      const { status } = await client.send(new GetCodeInterpreterSessionCommand({ ...MANAGED, sessionId }));
      return status === 'TERMINATED';
    });
    await emulator.stop();
  });
});

describe('hostile code of the tests', () => {
  test('refuses to run in a session that is no sandbox', async () => {
    const emulator = await startEmulator({ isolation: 'off', python: await testPython() });
    const client = new TestClient(emulator);
    const session = await client.start();
    const { structuredContent: shell } = await client.command(session, hostileShell('echo hurt'));
    const { structuredContent: python } = await client.python(session, hostilePython('print("hurt")'));
    expect(shell).toMatchObject({ exitCode: 77, stdout: '', stderr: 'refused: not in a sandbox' });
    expect(python).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('refused: not in a') });
    await emulator.stop();
  });
});
