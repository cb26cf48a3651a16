import { type Emulator, startEmulator } from '../../../lib/local/emulator';
import { bearer, TestClient } from './support';

describe('validation', () => {
  let emulator: Emulator;
  let sessionId: string;

  beforeAll(async () => {
    emulator = await startEmulator();
    sessionId = await new TestClient(emulator).start();
  });
  afterAll(() => emulator.stop());

  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const answer = await fetch(`${emulator.endpoint}/code-interpreters/${path}`, {
      method,
      headers: { ...bearer(emulator), 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  }
  const start = (body: unknown) => send('PUT', 'aws.codeinterpreter.v1/sessions/start', body);
  const invoke = (body: unknown, session = sessionId) =>
    send('POST', 'aws.codeinterpreter.v1/tools/invoke', body, { 'x-amzn-code-interpreter-session-id': session });
  const fieldsOf = ({ body }: { body: Record<string, unknown> }) =>
    (body.fieldList as { name: string }[] | undefined)?.map(({ name }) => name);

  test('answers in the wire form of the service', async () => {
    const answer = await start({ sessionTimeoutSeconds: 28_801 });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('x-amzn-errortype')).toMatch(/^ValidationException:http:\/\/internal\.amazon\.com\//);
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.body).toEqual({
      message:
        "1 validation error detected: Value at 'sessionTimeoutSeconds' failed to satisfy constraint: Member must have value less than or equal to 28800",
      reason: 'FieldValidationFailed',
      fieldList: [{ name: 'sessionTimeoutSeconds', message: 'Member must have value less than or equal to 28800' }],
    });
  });

  test('names every wrong field', async () => {
    const answer = await start({ name: '', sessionTimeoutSeconds: 0, clientToken: 'short', certificates: [{}] });
    expect(fieldsOf(answer)).toEqual([
      'name',
      'sessionTimeoutSeconds',
      'certificates.1.member.location',
      'certificates.1.member.location.secretsManager',
      'certificates.1.member.location.secretsManager.secretArn',
      'clientToken',
    ]);
  });

  test.each([
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 7 }, 'name'],
    [{ sessionTimeoutSeconds: 1.5 }, 'sessionTimeoutSeconds'],
    [{ sessionTimeoutSeconds: '900' }, 'sessionTimeoutSeconds'],
    [{ clientToken: `${'x'.repeat(40)}!` }, 'clientToken'],
    [{ filesystemConfigurations: [{}] }, 'filesystemConfigurations.1.member'],
  ])('refuses the start %j', async (body, field) => {
    expect(fieldsOf(await start(body))).toEqual([field]);
  });

  test.each([
    [{}, ['name']],
    [{ name: 'runCode' }, ['name']],
    [{ name: 'executeCode' }, ['arguments.code']],
    [{ name: 'executeCode', arguments: { code: 1 } }, ['arguments.code']],
    [{ name: 'executeCode', arguments: { code: '', language: 'ruby' } }, ['arguments.language']],
    [{ name: 'executeCode', arguments: { code: '', language: 'python', runtime: 'deno' } }, ['arguments.runtime']],
    [{ name: 'executeCode', arguments: { code: '', clearContext: 'yes' } }, ['arguments.clearContext']],
    [{ name: 'executeCommand', arguments: {} }, ['arguments.command']],
    [{ name: 'readFiles', arguments: { paths: 'a' } }, ['arguments.paths']],
    [{ name: 'readFiles', arguments: { paths: [1, null] } }, ['arguments.paths.1.member', 'arguments.paths.2.member']],
    [{ name: 'writeFiles', arguments: { content: [{ text: 'x' }] } }, ['arguments.content.1.member.path']],
    [{ name: 'writeFiles', arguments: { content: [{ path: 'x' }] } }, ['arguments.content.1.member']],
    [
      { name: 'writeFiles', arguments: { content: [{ path: 'x', blob: 'no base64' }] } },
      ['arguments.content.1.member.blob'],
    ],
    [{ name: 'stopTask', arguments: {} }, ['arguments.taskId']],
    [{ name: 'executeCode', arguments: [] }, ['arguments', 'arguments.code']],
  ])('refuses the invocation %j', async (body, fields) => {
    const answer = await invoke(body);
    expect(answer.status).toBe(400);
    expect(fieldsOf(answer)).toEqual(fields);
  });

  test('refuses a session id that cannot be one', async () => {
    expect(fieldsOf(await invoke({ name: 'listFiles' }, 'not/one'))).toEqual(['sessionId']);
  });

  test.each(['{', '[]', '"text"', '12', 'null'])('refuses the body %s as unreadable', async (body) => {
    expect((await start(body)).body).toMatchObject({ reason: 'CannotParse' });
  });

  test('answers what is no operation', async () => {
    const answer = await send('POST', 'aws.codeinterpreter.v1/sessions/start', {});
    expect(answer.status).toBe(404);
    expect(answer.headers.get('x-amzn-errortype')).toMatch(/^UnknownOperationException/);
  });
});
