import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentEvent } from '../../../lib/contract/agent';
import { AgentWorld } from '../../support/agent-world';

const python = (code: string, more: object = {}) => ({ name: 'execute_python', input: { code, ...more } });
const answer = { text: '{{result}}' };

const plans = [
  { when: 'unknown tool', steps: [{ tools: [{ name: 'fly', input: {} }] }, answer] },
  { when: 'wrong arguments', steps: [{ tools: [{ name: 'execute_python', input: { program: '1' } }] }, answer] },
  { when: 'twice', steps: [{ tools: [python('print(1)')] }, { tools: [python('print(1)')] }, answer] },
  { when: 'raises', steps: [{ tools: [python('1 / 0')] }, answer] },
  { when: 'never ends', steps: [{ tools: [python('while True: pass', { timeoutSeconds: 2 })] }, answer] },
  { when: 'prints a lot', steps: [{ tools: [python("print('x' * 50_000_000)")] }, answer] },
  {
    when: 'leaves its folder',
    steps: [{ tools: [{ name: 'read_files', input: { paths: ['../../etc/passwd'] } }] }, answer],
  },
  { when: 'its own session', steps: [{ tools: [{ name: 'stop_session', input: {} }] }, answer] },
  { when: 'without end', endless: true, steps: [{ tools: [{ name: 'list_files', input: {} }] }] },
];

let world: AgentWorld;
beforeAll(async () => {
  world = await AgentWorld.open({ plans, limits: { toolCalls: 5, turns: 12 } });
});
afterEach(() => expect(world.running()).toEqual([]));
afterAll(() => world.close());

test.each([
  ['unknown tool', 'There is no tool "fly". The tools are: execute_python, execute_javascript,'],
  ['wrong arguments', 'The arguments of execute_python are not valid: code:'],
  ['twice', 'This is the same call as the one before it, so it was not carried out again.'],
  ['raises', 'ZeroDivisionError'],
  ['never ends', 'The session has ended with it: variables and files are gone'],
  ['prints a lot', 'The whole of stdout: s3://staging/agents/analyst/'],
  ['leaves its folder', 'must be relative to the working directory, without ".."'],
  ['its own session', 'There is no tool "stop_session".'],
])('a model or code with "%s" is told so, and goes on', async (prompt, message) => {
  const { answer: text, stop } = await world.ask(prompt);
  expect(text).toContain(message);
  expect(text.length).toBeLessThan(70_000);
  expect(stop).toBe('answered');
});

test('a model that calls without end is told of the limit, and then ended', async () => {
  const events: AgentEvent[] = [];
  for await (const event of world.stream('without end')) {
    events.push(event);
  }
  const results = events.filter((event) => event.type === 'toolResult');
  expect(results.at(5)?.text).toContain('The limit of 5 tool calls is reached.');
  expect(events.at(-1)).toMatchObject({
    type: 'end',
    stop: 'toolCallLimit',
    message: 'The model did not stop after 5 tool calls; the answer is incomplete.',
    toolCalls: 5,
  });
});

describe('limits', () => {
  let limited: AgentWorld;
  beforeAll(async () => {
    limited = await AgentWorld.open({
      plans: [
        {
          when: 'sleep',
          steps: Array.from({ length: 50 }, (_, index) => ({
            tools: [python(`import time\ntime.sleep(600) # ${index}`)],
          })),
        },
        { endless: true, steps: [{ tools: [{ name: 'list_files', input: {} }] }] },
      ],
      limits: { turns: 50, toolCalls: 500, seconds: 10 },
    });
  });
  afterAll(() => limited.close());

  test('of turns end the answer', async () => {
    expect(await limited.ask('go on')).toMatchObject({
      stop: 'turnLimit',
      message: 'The model did not finish within 50 turns; the answer is incomplete.',
    });
    expect(limited.running()).toEqual([]);
  });

  test('of time end the code with its session', async () => {
    expect(await limited.ask('sleep')).toMatchObject({ stop: 'timeLimit' });
    expect(limited.running()).toEqual([]);
  });
});

describe('a model behind an OpenAI-compatible server', () => {
  let server: Server;
  let agent: AgentWorld;
  const asked: { messages: { role: string; content: unknown }[]; tools: { function: { name: string } }[] }[] = [];

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) {
        body += chunk;
      }
      asked.push(JSON.parse(body));
      const send = (delta: object, finish: string | null = null) =>
        response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
      if (body.includes('break down')) {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end('{"error": {"message": "the model is out of order"}}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked.length === 1) {
        const call = { name: 'execute_python', arguments: '{"code": "print(6 * 7)"}' };
        send({ role: 'assistant', tool_calls: [{ index: 0, id: 'call-1', type: 'function', function: call }] });
        send({}, 'tool_calls');
      } else {
        send({ role: 'assistant', content: 'It is ' });
        send({ content: '42.' });
        send({}, 'stop');
      }
      response.end('data: [DONE]\n\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    agent = await AgentWorld.open({ model: `openai:http://127.0.0.1:${port}/v1#tiny` });
  });
  afterAll(async () => {
    await agent.close();
    server.close();
  });

  test('is given the tools and their answers', async () => {
    expect(await agent.ask('What is six by seven?')).toMatchObject({
      answer: 'It is 42.',
      model: 'tiny',
      toolCalls: 1,
    });
    expect(asked[0]?.tools.map(({ function: { name } }) => name)).toContain('execute_python');
    expect(JSON.stringify(asked[1]?.messages.at(-1))).toContain('42');
  });

  test('that fails, fails the prompt with its words', async () => {
    const { status, body } = await agent.call({ body: '{"prompt": "break down"}' });
    expect(status).toBe(500);
    expect(JSON.parse(body).message).toContain('the model is out of order');
    expect(agent.running()).toEqual([]);
  });
});
