import { StartCodeInterpreterSessionCommand } from '@aws-sdk/client-bedrock-agentcore';
import { type Emulator, startEmulator } from '../../../lib/local/emulator';
import { bearer, TestClient } from './support';

describe('the control plane', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.stop());

  /** The answer's body; its `status` is the HTTP status unless the body has one. */
  async function send(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${emulator.endpoint}/code-interpreters${path}`, {
      method,
      headers: { ...bearer(emulator), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
  }
  const sandbox = { networkConfiguration: { networkMode: 'SANDBOX' } };

  test('creates, gets, lists and deletes interpreters', async () => {
    const executionRoleArn = 'arn:aws:iam::111122223333:role/analyst';
    const created = await send('PUT', '', { name: 'mine', description: 'for tests', executionRoleArn, ...sandbox });
    expect(created).toEqual({
      status: 'CREATING',
      codeInterpreterId: expect.stringMatching(/^mine-[a-zA-Z0-9]{10}$/),
      codeInterpreterArn: expect.stringMatching(
        /^arn:aws:bedrock-agentcore:us-east-1:\d{12}:code-interpreter-custom\/mine-/,
      ),
      createdAt: expect.stringMatching(/Z$/),
    });
    const id = created.codeInterpreterId as string;
    expect(await send('GET', `/${id}`)).toMatchObject({ status: 'READY', name: 'mine', executionRoleArn, ...sandbox });
    const listed = await send('POST', '?type=CUSTOM&maxResults=100');
    expect(listed.codeInterpreterSummaries).toMatchObject([{ codeInterpreterId: id, status: 'READY' }]);
    const client = new TestClient(emulator);
    await client.send(new StartCodeInterpreterSessionCommand({ codeInterpreterIdentifier: id }));
    expect(await send('DELETE', `/${id}`)).toMatchObject({ codeInterpreterId: id, status: 'DELETING' });
    expect((await send('GET', `/${id}`)).status).toBe(404);
    expect(emulator.sessions().map(({ status }) => status)).toEqual(['TERMINATED']);
  });

  test('has the managed interpreter, which cannot be deleted', async () => {
    const listed = await send('POST', '?type=SYSTEM');
    expect(listed.codeInterpreterSummaries).toMatchObject([
      {
        codeInterpreterId: 'aws.codeinterpreter.v1',
        codeInterpreterArn: expect.stringContaining(':aws:code-interpreter/'),
      },
    ]);
    expect((await send('DELETE', '/aws.codeinterpreter.v1')).status).toBe(403);
  });

  test('refuses a name that is taken', async () => {
    await send('PUT', '', { name: 'taken', ...sandbox });
    expect((await send('PUT', '', { name: 'taken', ...sandbox })).status).toBe(409);
  });

  test.each([
    [{ ...sandbox }, 'name'],
    [{ name: '9lives', ...sandbox }, 'name'],
    [{ name: 'x'.repeat(49), ...sandbox }, 'name'],
    [{ name: 'a', networkConfiguration: { networkMode: 'OPEN' } }, 'networkConfiguration.networkMode'],
    [{ name: 'a', networkConfiguration: { networkMode: 'VPC' } }, 'networkConfiguration.vpcConfig'],
    [{ name: 'a', executionRoleArn: 'role', ...sandbox }, 'executionRoleArn'],
    [{ name: 'a', tags: { k: 1 }, ...sandbox }, 'tags.k'],
  ])('refuses %j', async (body, field) => {
    const answer = await send('PUT', '', body);
    expect(answer.status).toBe(400);
    expect(answer.fieldList).toMatchObject([{ name: field }]);
  });
});
