/** @needs Python */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ItemResult } from '../../lib/contract/batch-item';
import { seededRandom } from '../../lib/local/emulator/seeded-random';
import { ObjectStorage } from '../../lib/local/runner/storage/object-storage';
import { Scratch } from '../support/local-batch';
import { descendantsOf, survivorsOf } from '../support/process-tree';
import { python } from '../support/python';
import { describeWithAndWithoutSandbox } from '../support/requirements';

const CLI = join(__dirname, '../../packages/agentcore-local/bin/agentcore-local.js');
/** `DRILL_SEEDS=10 npx jest test/e2e/drills-kill` for more of them. */
const SEEDS = Array.from({ length: Number(process.env.DRILL_SEEDS ?? 1) }, (_, index) => index + 1);
const ITEMS = 60;
const KILLS = 2;
/** A kill comes so long after the first item, or sooner: long before the last one. In milliseconds. */
const LATEST_KILL_MS = 2_500;

/** A working directory with a batch, and the command line as it is shipped. */
class Drill {
  private constructor(
    readonly scratch: Scratch,
    private readonly isolation: 'require' | 'off',
  ) {}

  static async make(isolation: 'require' | 'off'): Promise<Drill> {
    const scratch = await Scratch.make();
    scratch.synthesize('traced.py', { itemsPerSession: 10, maxConcurrency: 2 });
    const files = Array.from({ length: ITEMS }, (_, index) => [`f${index}.csv`, 'line\n'.repeat(index)]);
    await scratch.inputs(Object.fromEntries(files));
    const drill = new Drill(scratch, isolation);
    await mkdir(drill.temporary);
    return drill;
  }

  /** Where everything that lives as long as a run is made. */
  get temporary(): string {
    return join(this.scratch.folder, 'tmp');
  }

  /** The script leaves a line here whenever it is run; in a sandbox, it cannot. */
  get trace(): string {
    return join(this.scratch.folder, 'trace.txt');
  }

  async start(args: string[]): Promise<ChildProcess> {
    return spawn(process.execPath, [CLI, 'run', ...args, '--isolation', this.isolation, '--python', await python()], {
      cwd: this.scratch.folder,
      env: { ...process.env, TMPDIR: this.temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async firstArguments(): Promise<string[]> {
    const parameters = this.isolation === 'off' ? { trace: this.trace } : {};
    return ['inputs', '--parameters', JSON.stringify(parameters)];
  }

  /** What has a result in the storage of the run, by the item's id. */
  async recorded(): Promise<Map<string, ItemResult>> {
    const [run = ''] = await readdir(join(this.scratch.folder, '.agentcore/runs'));
    const storage = ObjectStorage.inFolder(join(this.scratch.folder, '.agentcore/runs', run, 's3'));
    const results = storage.table.buckets().flatMap(({ name }) =>
      storage.table
        .list(name, `runs/Batch/${run}/items/`)
        .filter(({ key }) => /items\/[^/]+\/result\.json$/.test(key))
        .map(({ key }) => JSON.parse(storage.read(name, key).toString('utf8')) as ItemResult),
    );
    storage.close();
    return new Map(results.map((result) => [result.id, result]));
  }

  async timesRun(): Promise<Map<string, number>> {
    const lines = (await readFile(this.trace, 'utf8').catch(() => '')).trim().split('\n');
    return new Map(lines.map((id) => [id, lines.filter((other) => other === id).length]));
  }
}

/** Resolves when the run says that items have a result. */
async function firstItemTold(run: ChildProcess): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    run.stderr?.on('data', (chunk) => {
      text += chunk;
      if (/✓| of \d+ \(/.test(text)) {
        resolve();
      }
    });
    run.once('exit', () => reject(new Error(`the run ended by itself:\n${text}`)));
  });
}

describeWithAndWithoutSandbox('a run whose process is killed and gone on with', (isolation) => {
  test.each(SEEDS)(
    'loses, doubles and leaks nothing (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const drill = await Drill.make(isolation);
      try {
        let recorded = new Map<string, ItemResult>();
        let processes = 0;
        for (let kill = 0; kill < KILLS; kill++) {
          const run = await drill.start(kill === 0 ? await drill.firstArguments() : ['--resume']);
          await firstItemTold(run);
          await sleep(random() * LATEST_KILL_MS);
          const started = descendantsOf(run.pid as number);
          processes += started.length;
          const ended = once(run, 'exit');
          run.kill('SIGKILL');
          expect(await ended).toEqual([null, 'SIGKILL']);
          expect(await survivorsOf(started, 15)).toEqual([]);
          const now = await drill.recorded();
          expect(now.size).toBeGreaterThan(0);
          expect(now.size).toBeLessThan(ITEMS);
          expect([...now]).toEqual(expect.arrayContaining([...recorded]));
          recorded = now;
        }
        expect(processes).toBeGreaterThan(0);
        const timesBefore = await drill.timesRun();
        const last = await drill.start(['--resume']);
        last.stderr?.resume();
        expect(await once(last, 'exit')).toEqual([0, null]);

        const results = await drill.scratch.itemResults();
        const lines = [...results].map(([name, { row }]) => [name, row?.lines]);
        const expected = Array.from({ length: ITEMS }, (_, index) => [`f${index}.csv`, index]);
        expect(lines.sort()).toEqual(expected.sort());
        for (const result of results.values()) {
          const before = recorded.get(result.id);
          expect(result.status).toBe(before ? 'skipped' : 'succeeded');
          // What had a result kept it.
          expect(before ? { ...result, status: before.status } : result).toEqual(before ?? result);
        }
        const times = await drill.timesRun();
        for (const id of recorded.keys()) {
          expect(times.get(id)).toBe(timesBefore.get(id));
        }
        // What a kill had cut short is run again, once for each kill at most.
        expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(1 + KILLS);
        // The folders of the killed processes are gone with the next one.
        const [folder = ''] = await readdir(drill.temporary);
        expect(await readdir(join(drill.temporary, folder))).toEqual([]);
      } finally {
        await drill.scratch.remove();
      }
    },
    180_000,
  );
});
