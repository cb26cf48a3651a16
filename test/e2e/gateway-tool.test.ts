import { BedrockAgentCoreClient, StartCodeInterpreterSessionCommand } from '@aws-sdk/client-bedrock-agentcore';
import { LOCAL_ACCOUNT } from '../../lib/local/runner/local-account';
import { hostilePython } from '../support/hostile-code';
import { describeWith } from '../support/requirements';
import { INTERPRETER, ToolWorld } from '../support/tool-world';

let world: ToolWorld;
beforeAll(async () => {
  world = await ToolWorld.open();
});
afterAll(() => world.close());

async function startForeignSession(name: string): Promise<string> {
  const client = new BedrockAgentCoreClient({
    region: LOCAL_ACCOUNT.region,
    endpoint: world.emulator.endpoint,
    credentials: world.emulator.credentials,
  });
  const { sessionId } = await client.send(
    new StartCodeInterpreterSessionCommand({ codeInterpreterIdentifier: INTERPRETER, name }),
  );
  client.destroy();
  return sessionId as string;
}

describe('a conversation through Gateway', () => {
  test('goes on in the session whose id the model passes on, and ends it', async () => {
    const first = await world.call('execute_python', { code: 'x = 6 * 7\nprint(x)', description: 'calculates' });
    expect(first).toMatchObject({ isError: false, outcome: 'succeeded', stdout: '42', exitCode: 0 });
    const { sessionId } = first;
    expect(await world.call('execute_python', { code: 'print(x + 1)', sessionId })).toMatchObject({
      stdout: '43',
      sessionId,
    });
    expect(await world.call('stop_session', { sessionId })).toMatchObject({ isError: false, sessionEnded: true });
    expect(world.running()).not.toContain(sessionId);
  });

  test('writes, lists and reads files, in JavaScript and by command too', async () => {
    const written = await world.call('write_files', {
      files: [
        { path: 'data/a.txt', text: 'hello' },
        { path: 'data/b.bin', base64: Buffer.from([0, 255]).toString('base64') },
      ],
    });
    expect(written).toMatchObject({ isError: false });
    const { sessionId } = written;
    expect((await world.call('list_files', { sessionId, path: 'data' })).isError).toBe(false);
    expect(await world.call('run_command', { sessionId, command: 'cat data/a.txt; exit 3' })).toMatchObject({
      isError: true,
      outcome: 'failed',
      exitCode: 3,
    });
    expect(await world.call('execute_javascript', { sessionId, code: 'console.log(1 + 1)' })).toMatchObject({
      stdout: '2',
    });
    const { files = [] } = await world.call('read_files', { sessionId, paths: ['data/*'] });
    expect(files).toMatchObject([
      { path: 'data/a.txt', bytes: 5, text: 'hello' },
      { path: 'data/b.bin', bytes: 2, uri: expect.stringMatching(/^s3:\/\/staging\/tools\/analyst\//) },
    ]);
    expect([...(await world.read(String(files[1]?.uri)))]).toEqual([0, 255]);
    await world.call('stop_session', { sessionId });
  });

  test('gets charts as links, not as base64 that would flood its text', async () => {
    const {
      sessionId,
      files = [],
      pictures = [],
    } = await world.call('execute_python', {
      code: 'import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig("chart.png")\nplt.show()',
      outputs: ['chart.png'],
    });
    for (const picture of [...files, ...pictures]) {
      const content = await world.read(String(picture.uri));
      expect(content.subarray(1, 4).toString()).toBe('PNG');
      expect((await fetch(String(picture.url))).headers.get('content-length')).toBe(String(content.length));
    }
    expect([files.length, pictures.length]).toEqual([1, 1]);
    await world.call('stop_session', { sessionId });
  });

  test('starts long work, and asks for it', async () => {
    const { sessionId, task } = await world.call('start_task', {
      code: 'print("begun")\nopen("out.txt", "w").write("x")',
    });
    let answer = await world.call('get_task', { sessionId, taskId: task?.taskId });
    let printed = answer.stdout ?? '';
    while (answer.outcome === 'running') {
      const { stdoutFrom, stderrFrom } = answer.task ?? {};
      answer = await world.call('get_task', {
        sessionId,
        taskId: task?.taskId,
        stdoutFrom,
        stderrFrom,
        outputs: ['out.txt'],
      });
      printed += answer.stdout ?? '';
    }
    expect(printed.trim()).toBe('begun');
    await world.call('stop_session', { sessionId });
  });
});

interface BadCall {
  readonly what: string;
  readonly operation: string;
  readonly args: object;
  readonly says: RegExp;
}

/** What a model may do wrong. Each is told in words, and leaves no session but one that it was told of. */
const BAD_CALLS: readonly BadCall[] = [
  {
    what: 'a tool that does not exist',
    operation: 'launch_rocket',
    args: {},
    says: /no tool "launch_rocket".*execute_python/,
  },
  { what: 'no arguments', operation: 'execute_python', args: {}, says: /not valid: code: / },
  { what: 'arguments of another type', operation: 'execute_python', args: { code: 42 }, says: /code: .*string/ },
  {
    what: 'an argument that does not exist',
    operation: 'execute_python',
    args: { code: '1', lang: 'R' },
    says: /lang/,
  },
  { what: 'arguments that are no object', operation: 'execute_python', args: ['print(1)'], says: /object/ },
  {
    what: 'a limit out of range',
    operation: 'run_command',
    args: { command: 'ls', timeoutSeconds: 9999 },
    says: /900/,
  },
  {
    what: 'a path out of the session',
    operation: 'read_files',
    args: { paths: ['../../etc/passwd'] },
    says: /paths\.0.*"\.\."/,
  },
  {
    what: 'a file with two contents',
    operation: 'write_files',
    args: { files: [{ path: 'a', text: '', base64: '' }] },
    says: /exactly one/,
  },
  {
    what: 'a session that does not exist',
    operation: 'execute_python',
    args: { code: '1', sessionId: '01ABC' },
    says: /session 01ABC/,
  },
  { what: 'no session to ask for a task', operation: 'get_task', args: { taskId: 'a~b' }, says: /sessionId/ },
  {
    what: 'a file that does not exist',
    operation: 'read_files',
    args: { paths: ['nothing.csv'] },
    says: /no such file/,
  },
  {
    what: 'code that raises',
    operation: 'execute_python',
    args: { code: 'print("before")\n1/0' },
    says: /ZeroDivisionError/,
  },
  {
    what: 'code that never ends',
    operation: 'execute_python',
    args: { code: 'print("begun", flush=True)\nwhile True: pass', timeoutSeconds: 2 },
    says: /session has ended/,
  },
  {
    what: 'a command that never ends',
    operation: 'run_command',
    args: { command: 'sleep 600', timeoutSeconds: 2 },
    says: /session has ended/,
  },
  {
    what: 'code that prints 50 MB',
    operation: 'execute_python',
    args: { code: 'print("x" * 50_000_000)' },
    says: /x\\n\[\.\.\.\]\\nx.*s3:\/\/staging/,
  },
  {
    what: 'code that leaves its folder',
    operation: 'execute_python',
    args: { code: 'import os\nos.chdir("/tmp")\nopen("a.txt", "w").write("1")', outputs: ['a.txt'] },
    says: /no such file/,
  },
];

describe('what a model does wrong', () => {
  test.each(BAD_CALLS)('$what: is told in words', async ({ operation, args, says }) => {
    const before = world.running();
    const answer = await world.call(operation, args);
    expect(JSON.stringify(answer).replaceAll('\\"', '"')).toMatch(says);
    // An answer stays affordable, whatever the code prints.
    expect(JSON.stringify(answer).length).toBeLessThan(70_000);
    const left = world.running().filter((sessionId) => !before.includes(sessionId));
    expect(left).toEqual(answer.sessionId !== undefined && !answer.sessionEnded ? [answer.sessionId] : []);
    await world.call('stop_session', { sessionId: answer.sessionId ?? '01ABC' });
    expect(world.running()).toEqual(before);
  });

  test('the whole of long output is in the bucket', async () => {
    const {
      sessionId,
      stdout = '',
      stdoutUri = '',
    } = await world.call('execute_python', {
      code: 'print("begin" + "." * 100_000 + "end")',
    });
    expect(stdout).toMatch(/^begin\.+\n\[\.\.\. 80008 characters left out \.\.\.\]\n\.+end$/);
    expect((await world.read(stdoutUri)).length).toBe(100_008);
    await world.call('stop_session', { sessionId });
  });
});

describe('sessions of others', () => {
  test.each(['invoker-1', 'tool-analyst-', 'tool-analyst-2-6ba7b810-9dad-11d1-80b4-00c04fd430c8'])(
    'are not taken: %s',
    async (name) => {
      const sessionId = await startForeignSession(name);
      for (const [operation, args] of [
        ['execute_python', { code: '1' }],
        ['get_task', { taskId: 'a~b' }],
        ['stop_session', {}],
      ] as const) {
        const answer = await world.call(operation, { ...args, sessionId });
        expect(answer).toMatchObject({ isError: true, outcome: 'rejected' });
        expect(answer.message).toContain(`session ${sessionId} is not one that this tool has started`);
      }
      expect(world.running()).toContain(sessionId);
    },
  );
});

describe('the Lambda', () => {
  test('refuses a call that is not one of Gateway, and says what is', async () => {
    expect(await world.failureOf()).toMatch(/called by an AgentCore Gateway/);
    expect(await world.failureOf({ custom: {} })).toMatch(/bedrockAgentCoreToolName/);
  });

  test('logs neither code nor output', async () => {
    const { sessionId } = await world.call('execute_python', { code: 'print("s" + "ecret-output") # secret-code' });
    await world.call('stop_session', { sessionId });
    expect(world.logged.join('\n')).toMatch(/"operation":"execute_python"/);
    expect(world.logged.join('\n')).not.toMatch(/secret/);
  });

  test('offers the allowed operations only', async () => {
    const limited = await ToolWorld.open({ operations: ['execute_python', 'stop_session'] });
    try {
      const answer = await limited.call('run_command', { command: 'id' });
      expect(answer.message).toBe('There is no tool "run_command". The tools are: execute_python, stop_session.');
    } finally {
      await limited.close();
    }
  });
});

describeWith('bubblewrap', 'code that goes to the network in SANDBOX', () => {
  test('is told that there is none', async () => {
    const code = hostilePython('import urllib.request\nurllib.request.urlopen("http://1.1.1.1", timeout=5)');
    const answer = await world.call('execute_python', { code });
    expect(answer).toMatchObject({ isError: true, stderr: expect.stringMatching(/URLError|OSError|unreachable/) });
    await world.call('stop_session', { sessionId: answer.sessionId });
  });
});
