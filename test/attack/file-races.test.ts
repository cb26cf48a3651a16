/** @needs Python */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ResultBytes } from '../../lib/local/emulator/large-json';
import { listFiles, readFiles, removeFiles, writeFiles } from '../../lib/local/emulator/tools/files';
import type { Sandbox } from '../../lib/local/sandbox/sandbox';
import { SandboxFactory } from '../../lib/local/sandbox/sandbox-factory';
import { testPython } from '../local/emulator/support';
import { describeWith } from '../support/requirements';

/** How long each tool is raced; `npm run attack` takes a minute. */
const RACE_SECONDS = Number(process.env.RACE_SECONDS ?? 2);
/** Where the races are too slow to have met both the folder and the link, they go on for so long. */
const MAX_SECONDS = RACE_SECONDS + 30;

/** Exchanges a folder and a link to the bait, as fast as it can, in every place where a tool will look. */
const EXCHANGER = `
import ctypes, os, sys
libc, bait = ctypes.CDLL(None), sys.argv[1]

def fill(folder):
    try:
        os.makedirs(folder + '/sub', exist_ok=True)
        for name in ('secret.txt', 'sub/secret.txt'):
            with open(folder + '/' + name, 'w') as file: file.write('inside')
    except OSError:
        pass
    try:
        os.symlink(bait, os.path.dirname(folder) + '/link')
    except OSError:
        pass

folders = ('./victim', 'tree/victim')
os.makedirs('tree', exist_ok=True)
print('racing', file=open('racing', 'w'))
while True:
    for folder in folders:
        fill(folder)
        for _ in range(20):
            libc.renameat2(-100, folder.encode(), -100, (os.path.dirname(folder) + '/link').encode(), 2)
            try: os.mkdir('tree')
            except OSError: pass
`;

/** A tool in the middle of the race; resolves to what it was answered. */
type Attempt = (sandbox: Sandbox, round: number) => ReturnType<typeof listFiles>;

const ATTEMPTS: Record<string, Attempt> = {
  'writeFiles below the folder': (sandbox, round) =>
    writeFiles(sandbox, { content: [{ path: `victim/planted-${round % 50}.txt`, text: 'planted' }] }),
  'writeFiles with new folders': (sandbox, round) =>
    writeFiles(sandbox, { content: [{ path: `victim/new-${round % 50}/deeper/planted.txt`, text: 'planted' }] }),
  'writeFiles in place of the folder': (sandbox) =>
    writeFiles(sandbox, { content: [{ path: 'victim/secret.txt', text: 'overwritten' }] }),
  readFiles: (sandbox) => readFiles(sandbox, { paths: ['victim/secret.txt'] }),
  listFiles: (sandbox) => listFiles(sandbox, { directoryPath: 'victim' }),
  'removeFiles of the folder': (sandbox) => removeFiles(sandbox, { paths: ['victim'] }),
  'removeFiles of a file in the folder': (sandbox) => removeFiles(sandbox, { paths: ['victim/secret.txt'] }),
  'removeFiles of a folder in the folder': (sandbox) => removeFiles(sandbox, { paths: ['victim/sub'] }),
  'removeFiles of what holds the folder': (sandbox) => removeFiles(sandbox, { paths: ['tree'] }),
};

describeWith('bubblewrap', 'while a session exchanges folders with links to the host', () => {
  let factory: SandboxFactory;
  let sandbox: Sandbox;
  let bait: string;
  let before: string[];
  const racing = new AbortController();
  let exchanger: Promise<unknown>;

  beforeAll(async () => {
    bait = mkdtempSync(join(tmpdir(), 'agentcore-bait-'));
    mkdirSync(join(bait, 'sub'));
    for (const name of ['secret.txt', 'sub/secret.txt', ...Array.from({ length: 40 }, (_, index) => `bait-${index}`)]) {
      writeFileSync(join(bait, name), 'of the host');
    }
    before = stateOf(bait);
    factory = await SandboxFactory.create({ python: await testPython(), isolation: 'require' });
    sandbox = factory.make('SANDBOX');
    await sandbox.ready();
    await writeFiles(sandbox, { content: [{ path: 'exchange.py', text: EXCHANGER }] });
    exchanger = sandbox.executeCommand(`exec python3 exchange.py ${bait}`, racing.signal);
    await until(async () => (await sandbox.files.list('')).some(({ name }) => name === 'racing'));
  });
  afterAll(async () => {
    racing.abort();
    await exchanger;
    await sandbox.kill();
    await factory.close();
    rmSync(bait, { recursive: true, force: true });
  });

  test.each(Object.entries(ATTEMPTS))(
    '%s does not reach the host',
    async (_name, attempt) => {
      const start = Date.now();
      const seconds = () => (Date.now() - start) / 1000;
      const seen = { refused: 0, done: 0 };
      for (
        let round = 0;
        seconds() < RACE_SECONDS || (Math.min(seen.refused, seen.done) === 0 && seconds() < MAX_SECONDS);
        round++
      ) {
        const { content, isError } = await attempt(sandbox, round);
        seen[isError ? 'refused' : 'done'] += 1;
        const shown = content.map((block) => JSON.stringify(block, asText));
        expect(shown.join('\n')).not.toMatch(/of the host|bait-/);
      }
      expect(stateOf(bait)).toEqual(before);
      // Else nothing was raced.
      expect(seen).toEqual({ refused: expect.any(Number), done: expect.any(Number) });
      expect(Math.min(seen.refused, seen.done)).toBeGreaterThan(0);
    },
    (MAX_SECONDS + 30) * 1000,
  );
});

/** What was read is bytes until it is sent. */
function asText(_key: string, value: unknown): unknown {
  return value instanceof ResultBytes ? value.bytes.toString() : value;
}

/** Every name below a folder, with its owner and size and when it was last changed in any way. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { uid, gid, mode, size, ctimeMs } = statSync(join(folder, name));
      return [name, uid, gid, mode, size, ctimeMs].join(' ');
    });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
