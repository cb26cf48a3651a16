import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentcoreLocal, CLI, CommandLine } from '../../support/command-line';
import { Scratch } from '../../support/local-batch';
import { python } from '../../support/python';

const WATCHED_PROCESS = join(__dirname, '../../support/watched-process.py');
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const WAYS = ['fresh', 'resumed', 'watching'] as const;
const ISOLATIONS = ['auto', 'off'] as const;
/** Within these seconds of the start, signals come; `npm run drills` tries more moments than the suite. */
const WINDOW_SECONDS = 10;
const MOMENTS = Number(process.env.SIGNAL_MOMENTS ?? 6);
const ITEMS = 12;

/** `[seconds, name]`, or `[seconds, name, text]`: so long after the text was printed. */
type Signal = readonly [number, (typeof SIGNALS)[number], string?];

/** How a process ended that was sent signals. */
interface Ended {
  /** Negative: the number of the signal that killed it, which a shell shows as 128 and that number. */
  readonly code: number;
  readonly seconds: number | null;
  readonly left: string[];
  readonly processes: number;
  readonly output: string;
}

async function signalled(
  folder: string,
  args: string[],
  signals: readonly Signal[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  const { stdout } = await promisify(execFile)(
    await python(),
    [WATCHED_PROCESS, JSON.stringify(signals), process.execPath, CLI, ...args],
    {
      cwd: folder,
      env: { ...process.env, CI: '', DISPLAY: '', TMPDIR: temporary, ...environment },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return JSON.parse(stdout) as Ended;
}

/** Where it began to load, it has no handler yet, and is killed as any process is. */
function shellCode({ code }: Ended): number {
  return code < 0 ? 128 - code : code;
}

describe('a signal ends the command within five seconds, and leaves no process', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('slow.py', { itemsPerSession: 3, maxConcurrency: 2 });
    await scratch.inputs(Object.fromEntries(Array.from({ length: ITEMS }, (_, index) => [`f${index}.csv`, 'x'])));
  });

  afterEach(() => scratch.remove());

  async function runArguments(...args: string[]): Promise<string[]> {
    return ['run', ...args, '--python', await python()];
  }

  /** A run that was stopped once it had begun. */
  async function stoppedRun(isolation: string): Promise<void> {
    const run = new CommandLine(scratch.folder, await runArguments('inputs', '--isolation', isolation));
    await run.prints('If it is stopped');
    run.signal('SIGTERM');
    expect(await run.ended()).toBe(EXIT_CODES.SIGTERM);
  }

  async function unfinishedRuns(): Promise<string[]> {
    const runs = join(scratch.folder, '.agentcore/runs');
    const names = await readdir(runs).catch(() => []);
    const facts = await Promise.all(names.map((name) => readFile(join(runs, name, 'kept-run.json'), 'utf8')));
    return facts.map((text) => JSON.parse(text)).flatMap(({ status, runId }) => (status === 'unfinished' ? runId : []));
  }

  const cases = Array.from({ length: MOMENTS }, (_, index) => ({
    seconds: Number((((index + 0.5) / MOMENTS) * WINDOW_SECONDS).toFixed(2)),
    way: WAYS[index % WAYS.length] ?? 'fresh',
    isolation: ISOLATIONS[Math.floor(index / WAYS.length) % ISOLATIONS.length] ?? 'auto',
    signal: SIGNALS[(index + Math.floor(index / 6)) % SIGNALS.length] ?? 'SIGINT',
  }));

  test.each(cases)(
    '$signal after $seconds s of a $way run, isolation $isolation',
    async ({ seconds, way, isolation, signal }) => {
      if (way === 'resumed') {
        await stoppedRun(isolation);
      }
      const args = { fresh: ['inputs'], resumed: ['--resume'], watching: ['inputs', '--watch'] }[way];
      const ended = await signalled(scratch.folder, await runArguments(...args, '--isolation', isolation), [
        [seconds, signal],
      ]);
      expect(ended.left).toEqual([]);
      if (ended.seconds === null) {
        // It was over before the signal.
        expect(ended.code).toBe(0);
        return;
      }
      expect(ended).toMatchObject({ code: expect.any(Number), output: expect.not.stringContaining('Error:') });
      expect(shellCode(ended)).toBe(EXIT_CODES[signal]);
      expect(ended.seconds).toBeLessThan(5);
      const [unfinished] = await unfinishedRuns();
      if (unfinished !== undefined && way === 'fresh') {
        const resumed = await agentcoreLocal(scratch.folder, await runArguments('--resume', unfinished));
        expect(resumed.code).toBe(0);
        expect((await scratch.itemResults()).size).toBe(ITEMS);
      }
    },
    180_000,
  );

  test.each([
    ['auto', 'Running batch'],
    ['auto', '✓'],
    ['off', 'Running batch'],
    ['off', '✓'],
  ])('a second signal ends it at once, isolation %s, after "%s"', async (isolation, text) => {
    const args = await runArguments('inputs', '--isolation', isolation);
    const ended = await signalled(scratch.folder, args, [
      [0.1, 'SIGINT', text],
      // At once: the first may have ended it a moment later.
      [0, 'SIGTERM'],
    ]);
    expect(ended).toMatchObject({ code: EXIT_CODES.SIGTERM, left: [] });
    if (text === '✓') {
      // The count is of something: it was a run with sessions that was ended.
      expect(ended.processes).toBeGreaterThan(0);
    }
    expect(ended.seconds).toBeLessThan(2);
  });

  test('exec', async () => {
    await writeFile(join(scratch.folder, 'long.py'), 'import time\ntime.sleep(60)\n');
    const args = ['exec', 'long.py', '--python', await python()];
    const signals = [1.5, 3, 5].map((seconds): Signal => [seconds, 'SIGINT']);
    for (const signal of signals) {
      const ended = await signalled(scratch.folder, args, [signal]);
      expect(ended.left).toEqual([]);
      expect(shellCode(ended)).toBe(EXIT_CODES.SIGINT);
      expect(ended.seconds).toBeLessThan(5);
    }
  });

  test.each([1.5, 3])('serve, after %d s', async (seconds) => {
    const args = ['serve', '--port', '0', '--python', await python()];
    const ended = await signalled(scratch.folder, args, [[seconds, 'SIGHUP']]);
    expect(ended.left).toEqual([]);
    expect(shellCode(ended)).toBe(EXIT_CODES.SIGHUP);
    expect(ended.seconds).toBeLessThan(5);
  });

  test('the making of a Python environment, which is not taken for finished afterwards', async () => {
    const base = join(scratch.folder, 'bin');
    await mkdir(base);
    // A Python that has no IPython, and whose venv module takes its time.
    const slow = '#!/bin/sh\ncase "$*" in *"-m venv"*) sleep 60 & wait;; *find_spec*) exit 1;; *) exit 0;; esac\n';
    await writeFile(join(base, 'python3'), slow, { mode: 0o755 });
    const env = { PATH: `${base}:${process.env.PATH}`, AGENTCORE_LOCAL_PYTHON: '' };
    const ended = await signalled(scratch.folder, ['run', 'inputs'], [[0.2, 'SIGTERM', 'making a Python']], env);
    expect(ended).toMatchObject({ code: EXIT_CODES.SIGTERM, left: [] });
    expect(ended.output).toContain('Interrupted');
    expect(await readdir(join(scratch.folder, '.agentcore'))).toEqual([]);
  });
});
