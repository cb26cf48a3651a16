import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_MAX_BODY_BYTES, type AgentEvent } from '../../../lib/contract/agent';
import { AgentWorld } from '../../support/agent-world';

const slow = "import time\nprint('begun', flush=True)\ntime.sleep(600)";
const execute = (code: string, more: object = {}) => ({
  tools: [{ name: 'execute_python', input: { code, ...more } }],
});

const plans = [
  { when: 'slow', steps: [{ text: 'Wait.', ...execute(slow) }] },
  { when: 'remember', steps: [execute('x = 41'), { text: 'Kept.' }] },
  { when: 'recall', steps: [execute('print(x + 1)'), { text: 'It is {{result}}.' }] },
  {
    when: 'mark',
    steps: [
      { tools: [{ name: 'write_files', input: { files: [{ path: 'mark.txt', text: '{{prompt}}' }] } }] },
      { tools: [{ name: 'read_files', input: { paths: ['*.txt'] } }] },
      { text: '{{result}}' },
    ],
  },
  { when: 'file', steps: [execute("print(open('given.csv').read())"), { text: '{{result}}' }] },
  { when: 'data', steps: [execute("print(open('data/kept.txt').read())"), { text: '{{result}}' }] },
  {
    when: 'chart',
    steps: [
      execute(
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('chart.png')",
        { outputs: ['chart.png'] },
      ),
      { text: 'See the chart.' },
    ],
  },
  { steps: [{ text: 'Let me compute. ', ...execute('print(6 * 7)') }, { text: 'The answer is {{result}}.' }] },
];

let world: AgentWorld;
beforeAll(async () => {
  world = await AgentWorld.open({ plans, dataPrefix: 'incoming/' });
  await world.put('incoming/kept.txt', 'from the bucket');
});
afterAll(() => world.close());

describe('an answer', () => {
  test('is JSON for who takes no stream, and says that no model has given it', async () => {
    const answer = await world.ask('What is six by seven?');
    expect(answer).toMatchObject({
      answer: '[script test (not a model)] The answer is 42.',
      stop: 'answered',
      model: 'script test (not a model)',
      toolCalls: 1,
    });
    expect(world.log[0]).toContain('script test (not a model)');
  });

  test('comes part by part as server-sent events, before the end', async () => {
    const events: AgentEvent[] = [];
    for await (const event of world.stream('slow')) {
      events.push(event);
      // The code sleeps for ten minutes: what is here has come before the end.
      if (event.type === 'output') {
        break;
      }
    }
    expect(events.map(({ type }) => type)).toEqual(['text', 'toolCall', 'output']);
    expect(events.at(-1)).toMatchObject({ stdout: 'begun\n' });
    await world.untilNoneRuns();
  });

  test('has charts as links that work', async () => {
    const { files } = await world.ask('a chart, please');
    expect(files).toMatchObject([{ path: 'chart.png', contentType: 'image/png' }]);
    const png = Buffer.from(await (await fetch(files[0]?.url ?? '')).arrayBuffer());
    expect(png.subarray(1, 4).toString()).toBe('PNG');
  });
});

describe('sessions', () => {
  test('a conversation keeps its variables, and another does not have them', async () => {
    await world.ask('remember', { session: 'a' });
    expect((await world.ask('recall', { session: 'a' })).answer).toContain('It is 42.');
    expect((await world.ask('recall', { session: 'b' })).answer).toContain('NameError');
  });

  test('have the objects under the data prefix, and the files of the prompt', async () => {
    expect((await world.ask('data')).answer).toContain('from the bucket');
    const files = [{ path: 'given.csv', text: 'a,b\n1,2' }];
    expect((await world.ask('file', { files })).answer).toContain('a,b\n1,2');
  });

  test('get files while they run, too', async () => {
    await world.ask('remember', { session: 'c' });
    const files = [{ path: 'given.csv', base64: Buffer.from('later').toString('base64') }];
    expect((await world.ask('file', { session: 'c', files })).answer).toContain('later');
  });

  test('a second prompt in a busy conversation is refused', async () => {
    const stream = world.stream('slow', 'busy');
    await stream.next();
    const { status, body } = await world.call({
      headers: { 'x-amzn-bedrock-agentcore-runtime-session-id': 'busy' },
      body: '{"prompt": "hello"}',
    });
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 409,
      body: {
        error: 'ConversationBusy',
        message: 'this conversation is answering another prompt; wait for its end',
      },
    });
    await stream.return(undefined);
  });

  test('a client that leaves has its session stopped at once, and can go on afterwards', async () => {
    const before = world.running();
    const stream = world.stream('slow', 'left');
    for await (const event of stream) {
      if (event.type === 'output') {
        break;
      }
    }
    // The code would sleep for ten minutes, and the prompt has two.
    while (world.running().some((id) => !before.includes(id))) {
      await sleep(10);
    }
    expect((await world.ask('What is six by seven?', { session: 'left' })).answer).toContain('42');
  });

  test('a hundred prompts at once do not mix', async () => {
    const prompts = Array.from({ length: 100 }, (_, index) => `mark ${index}.`);
    const answers = await Promise.all(prompts.map((prompt) => world.ask(prompt)));
    for (const [index, { answer }] of answers.entries()) {
      expect(answer).toContain(`mark ${index}.`);
      expect(answer.match(/mark \d+\./g)).toHaveLength(1);
    }
  });
});

describe('ping', () => {
  const ping = async () => JSON.parse((await world.call({ method: 'GET', path: '/ping' })).body);

  test('tells whether a prompt is being answered, and since when', async () => {
    const idle = await ping();
    expect(idle).toEqual({ status: 'Healthy', time_of_last_update: expect.any(Number) });
    const stream = world.stream('slow');
    await stream.next();
    const busy = await ping();
    expect(busy.status).toBe('HealthyBusy');
    expect(busy.time_of_last_update).toBeGreaterThanOrEqual(idle.time_of_last_update);
    await stream.return(undefined);
  });
});

describe('what is wrong is told', () => {
  const expected = 'expected {"prompt": "..."}, optionally with "files": [{"path": "...", "text" or "base64": "..."}]';

  test.each<[string, object, number, string, string]>([
    ['an empty body', { body: '' }, 400, 'InvalidRequest', `the body is empty; ${expected}`],
    ['no JSON', { body: 'hello' }, 400, 'InvalidRequest', `the body is not JSON; ${expected}`],
    ['a prompt that is no text', { body: '{"prompt": 5}' }, 400, 'InvalidRequest', `prompt: must be text; ${expected}`],
    ['no prompt', { body: '{}' }, 400, 'InvalidRequest', `prompt: must be text; ${expected}`],
    ['an empty prompt', { body: '{"prompt": " "}' }, 400, 'InvalidRequest', `prompt: must not be empty; ${expected}`],
    [
      'a file elsewhere',
      { body: '{"prompt": "x", "files": [{"path": "../x", "text": ""}]}' },
      400,
      'InvalidRequest',
      `files.0.path: must be relative to the working directory, without ".."; ${expected}`,
    ],
    [
      'a body that is too large',
      { headers: { 'content-length': String(AGENT_MAX_BODY_BYTES + 1) } },
      413,
      'RequestTooLarge',
      `the body is larger than ${AGENT_MAX_BODY_BYTES} bytes`,
    ],
    [
      'another path',
      { path: '/other' },
      404,
      'NotFound',
      'there is no /other; this agent has POST /invocations and GET /ping',
    ],
    ['another method', { method: 'PUT' }, 405, 'MethodNotAllowed', 'PUT is not possible here; use POST'],
    [
      'a session id that is none',
      { headers: { 'x-amzn-bedrock-agentcore-runtime-session-id': 'a b' }, body: '{"prompt": "x"}' },
      400,
      'InvalidRequest',
      'the header x-amzn-bedrock-agentcore-runtime-session-id must have 1 to 256 visible ASCII characters',
    ],
  ])('%s', async (_, call, status, error, message) => {
    const answered = await world.call(call);
    expect({ status: answered.status, body: JSON.parse(answered.body) }).toEqual({ status, body: { error, message } });
  });
});

test('at its end, no session is left', async () => {
  await world.ask('remember', { session: 'z' });
  expect(world.running()).not.toEqual([]);
  await world.end();
  expect(world.running()).toEqual([]);
});
