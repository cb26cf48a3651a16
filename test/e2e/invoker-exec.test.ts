/** @needs Python */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { InvokerWorld } from '../support/invoker-world';
import { python } from '../support/python';

const PROGRAM = join(__dirname, '../../packages/agentcore-local/bin/agentcore-local.js');
const SCRIPT = [
  'import json, sys',
  'total = sum(int(line) for line in open("data.csv"))',
  'print(total, json.load(open("parameters.json"))["unit"])',
  'json.dump(total, open("total.json", "w"))',
  '_ = open("large.bin", "wb").write(bytes(2_000_000))',
].join('\n');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line, as a person calls it. */
describe('agentcore-local exec', () => {
  let folder: string;
  let world: InvokerWorld;
  let api: Server;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exec-test-'));
    await writeFile(join(folder, 'total.py'), SCRIPT);
    await writeFile(join(folder, 'fail.ts'), 'throw new Error("no such month")');
    await writeFile(join(folder, 'data.csv'), '40\n2\n');
    world = await InvokerWorld.open();
    api = lambdaApi(world).listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    api.close();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [PROGRAM, 'exec', ...args],
        { cwd: folder, env: { ...process.env, AGENTCORE_LOCAL_TOKEN: world.emulator.token, ...env } },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  const total = ['total.py', '--file', 'data.csv', '--parameters', '{"unit": "EUR"}'];

  test('runs a script with an emulator of its own, and brings back what is new', async () => {
    const ended = await run([...total, '--out', 'own', '--python', await python()]);
    expect(ended).toMatchObject({ code: 0, stdout: '42 EUR\n' });
    expect((await readdir(join(folder, 'own'))).sort()).toEqual(['large.bin', 'total.json']);
    expect(await readFile(join(folder, 'own/total.json'), 'utf8')).toBe('42');
    expect(await readFile(join(folder, 'own/large.bin'))).toHaveLength(2_000_000);
  });

  test('ends with the exit code of the code', async () => {
    const ended = await run(['fail.ts', '--out', 'failed']);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('no such month') });
  });

  test('runs a command with an emulator that is there already', async () => {
    const before = world.emulator.sessions().length;
    const ended = await run(['--command', 'echo $A', '--env', 'A=b=c', '--endpoint', world.emulator.endpoint]);
    expect(ended).toMatchObject({ code: 0, stdout: 'b=c\n' });
    expect(world.emulator.sessions()).toHaveLength(before + 1);
  });

  test('moves large files by the S3 of the emulator that is there already', async () => {
    const large = Buffer.alloc(4_000_000, 'large');
    await writeFile(join(folder, 'large.bin'), large);
    const ended = await run(
      ['--command', 'cp large.bin back.bin', '--file', 'large.bin', '--out', 'there'].concat(
        '--endpoint',
        world.emulator.endpoint,
      ),
    );
    expect(ended).toMatchObject({ code: 0, stderr: 'there/back.bin: 4000000 bytes\n' });
    expect((await readFile(join(folder, 'there/back.bin'))).equals(large)).toBe(true);
  });

  test('takes folders, and what is called otherwise in the session', async () => {
    await mkdir(join(folder, 'in/sub dir'), { recursive: true });
    await writeFile(join(folder, 'in/a.txt'), 'a');
    await writeFile(join(folder, 'in/sub dir/ü.txt'), 'b');
    const ended = await run([
      ...['--command', 'find . -type f | sort', '--endpoint', world.emulator.endpoint],
      ...['--file', 'in/', '--file', 'in=other', '--file', 'data.csv=x/y.csv'],
    ]);
    const names = ['./in/a.txt', './in/sub dir/ü.txt', './other/a.txt', './other/sub dir/ü.txt', './x/y.csv'];
    expect(ended).toMatchObject({ code: 0, stdout: `${names.join('\n')}\n`, stderr: '' });
  });

  test('brings back pictures that were shown', async () => {
    await writeFile(join(folder, 'plot.py'), 'import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()');
    const ended = await run(['plot.py', '--out', 'plots', '--endpoint', world.emulator.endpoint]);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/^plots\/shown-1\.png: \d+ bytes\n$/) });
    expect((await readFile(join(folder, 'plots/shown-1.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  test('ends with 1 where the code has succeeded, but a file that was asked for is not there', async () => {
    const args = ['--command', 'touch a.txt', '--output', 'a.txt', '--output', 'b/*.csv', '--out', 'some'];
    const ended = await run([...args, '--endpoint', world.emulator.endpoint]);
    expect(ended).toMatchObject({ code: 1, stderr: 'some/a.txt: 0 bytes\nb/*.csv: there is no such file\n' });
  });

  test('calls a deployed function', async () => {
    const { port } = api.address() as AddressInfo;
    const ended = await run([...total, '--out', 'deployed', '--deployed', 'my-invoker', '--output', '*.json'], {
      ...world.environment,
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    });
    expect(ended).toMatchObject({ code: 0, stdout: '42 EUR\n' });
    expect(await readFile(join(folder, 'deployed/total.json'), 'utf8')).toBe('42');
  });

  test.each([
    [[], 'give either a script or --command'],
    [['data.csv'], 'its ending tells no language'],
    [['total.py', '--timeout', '0'], 'It must be 1 to 900'],
    [['total.py', '--parameters', '[]', '--endpoint', 'http://127.0.0.1:1'], 'It must be a JSON object'],
    [['--command', 'x', '--env', 'A'], '--env A: it must be NAME=VALUE'],
    [['--command', 'x', '--python', '/no/python'], 'The Python interpreter /no/python cannot be run'],
    [['no-such.py'], 'the script "no-such.py" does not exist'],
    [['--command', 'x', '--file', 'no-such.csv=in.csv'], '--file no-such.csv=in.csv: "no-such.csv" does not exist'],
    [
      ['--command', 'x', '--endpoint', 'http://127.0.0.1:1'],
      '--endpoint http://127.0.0.1:1: no emulator answers there (',
    ],
  ])('%j: says what is wrong', async (args, message) => {
    const ended = await run(args);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });
});

/** Stands in for Lambda's API: the SDK's own client calls it. */
function lambdaApi(world: InvokerWorld): Server {
  return createServer(async (request, response) => {
    if (request.url !== '/2015-03-31/functions/my-invoker/invocations') {
      response.writeHead(404).end();
      return;
    }
    const answer = await world.invoke(JSON.parse(await text(request)));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}
