import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { AnalysisScript } from '../../../lib';
import { AgentWorld } from '../../support/agent-world';
import { agentcoreLocal, CLI, CommandLine } from '../../support/command-line';
import { Scratch } from '../../support/local-batch';
import { python } from '../../support/python';

const EXAMPLE = join(__dirname, '../../../examples/analyst-agent');
const SCRIPT = `script:${join(EXAMPLE, 'questions.script.json')}`;
const KIMBERLY = 'How many people with the first name Kimberly have Crocodile as their favourite animal?';

let folder: string;
let options: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-command-'));
  options = ['agent', '--python', await python()];
  await writeFile(join(folder, 'people.csv'), await people(500));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function people(rows: number): Promise<string> {
  const made = spawn(process.execPath, [join(EXAMPLE, 'make-people.mjs'), String(rows)]);
  let text = '';
  for await (const chunk of made.stdout) {
    text += chunk;
  }
  return text;
}

function countOf(csv: string): number {
  const rows = parse(csv, { columns: true }) as Record<string, string>[];
  return rows.filter((row) => row['First Name'] === 'Kimberly' && row['Favorite Animal'] === 'Crocodile').length;
}

/** A file of plans for the scripted model. */
async function planned(name: string, ...steps: object[]): Promise<string> {
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify({ name, plans: [{ steps }] }));
  return `script:${path}`;
}

const execute = (code: string, more: object = {}) => ({
  tools: [{ name: 'execute_python', input: { code, ...more } }],
});

test('answers one question about a file, and shows the code', async () => {
  const { code, stdout, stderr } = await agentcoreLocal(folder, [
    ...options,
    ...['--model', SCRIPT, '--file', 'people.csv', '--ask', KIMBERLY],
  ]);
  expect(stdout).toContain(
    `[script questions (not a model)] count ${countOf(await readFile(join(folder, 'people.csv'), 'utf8'))}\n`,
  );
  expect(stderr).toContain("people['First Name'] == 'Kimberly'");
  expect(code).toBe(0);
});

test('saves charts, and names them', async () => {
  const { stderr } = await agentcoreLocal(folder, [
    ...options,
    ...['--model', SCRIPT, '--file', 'people.csv', '--out', 'charts', '--ask', 'exploratory data analysis'],
  ]);
  const path = join(folder, 'charts/distributions.png');
  const png = await readFile(path);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(stderr).toContain(`${path}: ${png.length} bytes`);
});

test('listens where only this user can reach it, and leaves nothing when Ctrl-C ends it', async () => {
  const model = await planned('slow', execute("import time\nprint('begun', flush=True)\ntime.sleep(600)"), {
    text: '',
  });
  const temporary = await mkdtemp(join(folder, 'tmp-'));
  const run = new CommandLine(folder, [...options, '--model', model, '--ask', 'Wait'], { TMPDIR: temporary });
  await run.prints('> execute_python');
  const sockets = async () => (await readdir(temporary)).filter((name) => name.startsWith('agentcore-agent-'));
  const [found = ''] = await sockets();
  expect((await stat(join(temporary, found))).mode & 0o777).toBe(0o700);
  run.signal('SIGINT');
  expect(await run.ended()).toBe(130);
  expect(await sockets()).toEqual([]);
});

test('chats: what came before is still there, until standard input ends', async () => {
  const path = join(folder, 'chat.json');
  const plans = [
    { when: 'remember', steps: [execute('x = 41'), { text: 'Kept.' }] },
    { when: 'recall', steps: [execute('print(x + 1)'), { text: 'It is {{result}}.' }] },
  ];
  await writeFile(path, JSON.stringify({ name: 'chat', plans }));
  const chat = spawn(process.execPath, [CLI, ...options, '--model', `script:${path}`], { cwd: folder });
  let stdout = '';
  chat.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  chat.stdin.end('remember\nrecall\n');
  expect(await once(chat, 'close')).toEqual([0, null]);
  expect(stdout).toBe('[script chat (not a model)] Kept.\n[script chat (not a model)] It is 42.\n');
});

describe('--save-script', () => {
  test('writes the analysis as a script that a batch runs over any files, whatever account the user is in', async () => {
    const { code, stderr } = await agentcoreLocal(
      folder,
      [...options, '--model', SCRIPT, '--file', 'people.csv', '--ask', KIMBERLY, '--save-script', 'analysis.py'],
      { AWS_PROFILE: 'unknown', AWS_SESSION_TOKEN: 'token', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
    );
    expect(stderr).toContain('analysis.py: the analysis as a script of a batch; run once on people.csv');
    expect(code).toBe(0);

    const scratch = await Scratch.make();
    try {
      scratch.synthesize('count.py', { script: AnalysisScript.fromAsset(join(folder, 'analysis.py')) });
      const files = { 'march.csv': await people(300), 'april.csv': await people(900) };
      await scratch.run([await scratch.inputs(files)]);
      const results = (await readFile(join(scratch.results, 'results.jsonl'), 'utf8')).trim().split('\n');
      const rows = results.map((line) => JSON.parse(line)).map(({ id, row }) => [id.replace(/^\d+-/, ''), row]);
      expect(Object.fromEntries(rows)).toEqual({
        'march.csv': { printed: `count ${countOf(files['march.csv'])}\n` },
        'april.csv': { printed: `count ${countOf(files['april.csv'])}\n` },
      });
    } finally {
      await scratch.remove();
    }
  });

  test('keeps steps that build on each other, leaves out those that failed, and brings files back', async () => {
    const model = await planned(
      'steps',
      execute("lines = open('people.csv').read().splitlines()", { description: 'Read' }),
      execute('print(unknown)'),
      execute("print(len(lines))\nwith open('lines.txt', 'w') as file:\n    file.write(str(len(lines)))", {
        outputs: ['*.txt'],
      }),
      { text: 'Done.' },
    );
    const { stderr } = await agentcoreLocal(folder, [
      ...options,
      ...['--model', model, '--file', 'people.csv', '--ask', 'Count', '--save-script', 'steps.py'],
    ]);
    expect(stderr).toContain('steps.py: the analysis');
    const script = await readFile(join(folder, 'steps.py'), 'utf8');
    expect(script).toContain('# --- Step 1: Read\n');
    expect(script).toContain('_OUTPUTS = ["*.txt"]');
    expect(script).not.toContain('unknown');
  });

  test.each([
    [
      'that prints something else alone',
      execute('import random\nprint(random.random())'),
      'the script prints something else than the agent',
    ],
    ['that needs what only a session has', execute('%time\nprint(1)'), 'SyntaxError'],
  ])('does not write an analysis %s', async (name, step, message) => {
    const model = await planned(name.replaceAll(' ', '-'), step, { text: 'Done.' });
    const { code, stderr } = await agentcoreLocal(folder, [
      ...options,
      ...['--model', model, '--file', 'people.csv', '--ask', 'Do it', '--save-script', 'refused.py'],
    ]);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
    await expect(readFile(join(folder, 'refused.py'))).rejects.toThrow('ENOENT');
  });
});

describe('--deployed', () => {
  const arn = 'arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime/people-AbCdEf0123';
  let world: AgentWorld;
  let service: Server;
  const asked: { path?: string; session?: string }[] = [];

  beforeAll(async () => {
    world = await AgentWorld.open({ model: SCRIPT });
    // Stands in for InvokeAgentRuntime: it hands request and answer on, as AgentCore does.
    service = createServer((request, response) => {
      const { accept, 'x-amzn-bedrock-agentcore-runtime-session-id': session } = request.headers;
      asked.push({ path: decodeURIComponent(request.url ?? ''), session: String(session) });
      const headers = { accept: String(accept), 'x-amzn-bedrock-agentcore-runtime-session-id': String(session) };
      const handed = world.request({ headers });
      request.pipe(handed);
      handed.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    service.close();
    await world.close();
  });

  test('asks the agent in an account in the same way', async () => {
    const { port } = service.address() as AddressInfo;
    const { code, stdout } = await agentcoreLocal(
      folder,
      [...options, '--deployed', arn, '--file', 'people.csv', '--ask', KIMBERLY, '--save-script', 'deployed.py'],
      {
        AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
    );
    expect(stdout).toMatch(/^I count them\.\s+\[script questions \(not a model\)\] count \d+\n$/);
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'deployed.py'), 'utf8')).toContain("people['First Name'] == 'Kimberly'");
    expect(asked).toEqual([{ path: `/runtimes/${arn}/invocations`, session: expect.stringMatching(/^.{33,}$/) }]);
  });
});

test('a model of Bedrock is asked with the credentials of the user, not with those of the stand-ins', async () => {
  const keys: string[] = [];
  // The SDK speaks HTTP/2 to Bedrock.
  const bedrock = createHttp2Server((request, response) => {
    keys.push(/Credential=([^/]+)/.exec(String(request.headers.authorization))?.[1] ?? '');
    response.writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': 'AccessDeniedException' });
    response.end('{"message": "you have no access to this model"}');
  });
  await new Promise<void>((resolve) => bedrock.listen(0, '127.0.0.1', resolve));
  const { port } = bedrock.address() as AddressInfo;
  const { code, stderr } = await agentcoreLocal(folder, [...options, '--model', 'bedrock:a.model', '--ask', 'x'], {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'USERSOWNKEY',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
  bedrock.close();
  expect(keys[0]).toBe('USERSOWNKEY');
  expect(stderr).toContain('you have no access to this model');
  expect(code).toBe(1);
});

test.each<[string, string[], string]>([
  ['no model', ['--ask', 'x'], '--model is required, such as bedrock:amazon.nova-pro-v1:0'],
  ['an unknown kind of model', ['--model', 'abacus:1', '--ask', 'x'], 'the model "abacus:1" is not one of bedrock:ID'],
  [
    'a script that is not there',
    ['--model', 'script:no.json', '--ask', 'x'],
    'the model script no.json cannot be read',
  ],
  [
    'no question for a script',
    ['--model', SCRIPT, '--save-script', 'x.py'],
    '--save-script needs --ask and exactly one',
  ],
  ['a limit out of range', ['--model', SCRIPT, '--max-turns', '0'], 'It must be a whole number, 1 to 100.'],
])('%s is told', async (_, more, message) => {
  const { code, stderr } = await agentcoreLocal(folder, [...options, ...more]);
  expect(stderr).toContain(message);
  expect(code).toBe(1);
});
