/** @needs Python */
// biome-ignore-all lint/style/noExcessiveLinesPerFile: all options of one command, beside each other.
import { chmod, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnalysisInput, AnalysisScript } from '../../../lib';
import { agentcoreLocal, CommandLine } from '../../support/command-line';
import { SCRIPTS, Scratch } from '../../support/local-batch';
import { python } from '../../support/python';

/** A script that fails with all its inputs of this name, until somebody corrects it. */
const FAILS =
  'import json\nitem = json.load(open("item.json"))\nassert not item["input"].startswith("raise"), "not yet"\n';
const CORRECTED = 'import json\njson.dump({"corrected": True}, open("output/result.json", "w"))\n';

describe('agentcore-local run', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  async function run(...args: string[]) {
    return agentcoreLocal(scratch.folder, ['run', ...args, '--python', await python()]);
  }

  async function runFolders(): Promise<string[]> {
    return (await readdir(join(scratch.folder, '.agentcore/runs')).catch(() => [])).sort();
  }

  describe('a batch with a setup and a combining script', () => {
    const combine = { script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.py')) };

    test('takes what the setup wants from files that are named, and shows what was combined', async () => {
      scratch.synthesize('count.py', { setup: { objects: ['reference/a.csv', 'tables/'] }, combine });
      await scratch.inputs({ 'a.csv': 'x\n', 'b.csv': 'x\n' });
      const objects = ['reference/a.csv=inputs/a.csv', 'tables/one.csv=inputs/b.csv'];
      const { code, stdout } = await run('inputs', ...objects.flatMap((object) => ['--object', object]));
      expect(stdout).toContain('Combined: items 2, lines 2\n  results/combined/files: result.json, total.csv\n');
      expect(code).toBe(0);
    });

    test.each([
      [
        [],
        'the setup of batch Batch takes "tables/" from the staging bucket: name what it is here, with --object tables/NAME=FILE',
      ],
      [
        ['--object', 'tables/a.csv=none.csv'],
        'the object "tables/a.csv" is to be the file "none.csv", which does not exist',
      ],
      [['--object', 'tables/=inputs'], 'the object "tables/" is to be the file "inputs", which is no file'],
      [['--object', 'tables'], 'It must be a key and a file, such as reference/prices.csv=./prices.csv.'],
    ])('says what is missing: %j', async (args, message) => {
      scratch.synthesize('count.py', { setup: { objects: ['tables/'] } });
      await scratch.inputs({ 'a.csv': '' });
      const { code, stderr } = await run('inputs', ...args);
      expect(stderr).toContain(message);
      expect(code).toBe(1);
      expect(await runFolders()).toEqual([]);
    });

    test('shows the traceback of a combining script that failed', async () => {
      scratch.synthesize('count.py', { combine });
      await scratch.inputs({ 'a.csv': '' });
      const { code, stdout } = await run('inputs', '--parameters', '{"fail": true}');
      expect(stdout).toMatch(/The combining script:\n +Traceback[\s\S]*ValueError: told to fail/);
      expect(stdout).toContain('failed: the item succeeded; combining the results failed: ScriptFailed');
      expect(code).toBe(1);
    });
  });

  describe('--limit', () => {
    test('runs the first items in the order of their keys, after the filters, and says of how many', async () => {
      scratch.synthesize('count.py', { input: AnalysisInput.fromPrefix('incoming/', { suffixes: ['.csv'] }) });
      await scratch.inputs({ 'a.txt': '', 'c.csv': '', 'B.csv': '', 'd.csv': '', 'e.csv': '' });
      const { code, stdout, stderr } = await run('inputs', '--limit', '2');
      expect(stderr).toContain('Running batch Batch on 2 of 4 items; sandbox: ');
      expect([...(await scratch.itemResults()).keys()]).toEqual(['B.csv', 'c.csv']);
      expect(stdout).toContain('2 succeeded, 0 failed, of 2 items');
      expect(stdout).toMatch(
        /On AWS \(an estimate\): all 4 items in about \d+ s, 1 session at once, for about \$0\.00\d+:/,
      );
      expect(code).toBe(0);
    });

    test('counts what a grid makes of the inputs', async () => {
      scratch.synthesize('count.py', {
        input: AnalysisInput.fromPrefix('incoming/', { grid: { threshold: [1, 2, 3] } }),
      });
      await scratch.inputs({ 'a.csv': '', 'b.csv': '' });
      const { stderr } = await run('inputs', '--limit', '4');
      expect(stderr).toContain('on 4 of 6 items');
      const rows = (await readFile(join(scratch.results, 'results.jsonl'), 'utf8')).trim().split('\n');
      const parameters = rows.map((line) => [JSON.parse(line).key, JSON.parse(line).parameters.threshold]);
      expect(parameters).toEqual([
        ['incoming/a.csv', 1],
        ['incoming/a.csv', 2],
        ['incoming/a.csv', 3],
        ['incoming/b.csv', 1],
      ]);
    });

    test('is no limit where there are no more, and input that cannot work is refused as ever', async () => {
      scratch.synthesize('count.py', { input: AnalysisInput.fromPrefix('incoming/', { suffixes: ['.csv'] }) });
      await scratch.inputs({ 'a.csv': '' });
      expect((await run('inputs', '--limit', '5')).stderr).toContain('on 1 item;');
      await scratch.inputs({ 'a.txt': '' });
      const { code, stdout } = await run(join('inputs', 'a.txt'), '--limit', '5');
      expect(stdout).toContain('InvalidInput: there is no object ending in .csv under incoming/: put');
      expect(code).toBe(1);
      // A run that never had items leaves nothing that could be gone on with.
      expect(await runFolders()).toHaveLength(1);
    });
  });

  describe('--fail-fast', () => {
    test('stops at the first item that fails, names it, keeps what was done, and can be gone on with', async () => {
      scratch.synthesize('count.py', { itemsPerSession: 1, maxConcurrency: 1 });
      await scratch.inputs({ 'a.csv': 'x', 'raise.csv': 'x', 'z1.csv': 'x', 'z2.csv': 'x' });
      const { code, stdout } = await run('inputs', '--fail-fast');
      expect(stdout).toContain('Stopped at the first item that failed: 000002-raise.csv');
      expect(stdout).toContain('ScriptFailed: ValueError: cannot make sense of raise.csv');
      expect(stdout).toContain('    Traceback (most recent call last):');
      expect(stdout).toContain('2 of 4 items ended, see results; 0 sessions left open');
      expect(code).toBe(1);
      expect((await readdir(join(scratch.results, 'items'))).sort()).toEqual(['000001-a.csv', '000002-raise.csv']);
      const [runId = ''] = await runFolders();
      expect(stdout).toContain(`Go on with it: npx agentcore-local run --resume ${runId}`);

      await writeFile(join(scratch.folder, 'corrected.py'), CORRECTED);
      const resumed = await run('--resume', runId, '--fail-fast', '--script', 'corrected.py');
      expect(resumed.stderr).toContain(`Resuming run ${runId} of batch Batch: 3 items to do, 1 item done before`);
      expect(resumed.stdout).toContain('3 succeeded, 0 failed, 1 skipped, of 4 items');
      expect(resumed.code).toBe(0);
    });
  });

  describe('--script', () => {
    test("takes the place of the batch's script", async () => {
      scratch.synthesize('count.py');
      await scratch.inputs({ 'raise.csv': '' });
      await writeFile(join(scratch.folder, 'corrected.py'), CORRECTED);
      const { code } = await run('inputs', '--script', 'corrected.py');
      expect((await scratch.itemResults()).get('raise.csv')?.row).toEqual({ corrected: true });
      expect(code).toBe(0);
    });

    test('is what tracebacks, summary and report name', async () => {
      scratch.synthesize('count.py');
      await scratch.inputs({ 'a.csv': '' });
      await writeFile(join(scratch.folder, 'my own.py'), 'raise ValueError("mine")');
      const { stdout } = await run('inputs', '--script', 'my own.py');
      expect(stdout).toContain('my own.py", line 1');
      const [folder = ''] = /\S+(?=report\.html)/.exec(stdout) ?? [];
      const summary = JSON.parse(await readFile(join(scratch.folder, folder, 'summary.json'), 'utf8'));
      expect(summary.script).toEqual({ name: 'my own.py', language: 'python' });
      const report = await readFile(join(scratch.folder, folder, 'report.html'), 'utf8');
      expect(report).toContain('<code>my own.py</code>');
    });
  });

  describe('--resume', () => {
    test('goes on with a run after Ctrl-C, without its inputs being named again', async () => {
      scratch.synthesize('traced.py', { itemsPerSession: 5, maxConcurrency: 1 });
      const files = Array.from({ length: 20 }, (_, index) => [`f${index}.csv`, 'x\n'.repeat(index)]);
      await scratch.inputs(Object.fromEntries(files));
      const first = new CommandLine(scratch.folder, ['run', 'inputs', '--out', 'there', '--python', await python()]);
      await first.prints('✓');
      first.signal('SIGINT');
      expect(await first.ended()).toBe(130);
      const [runId = ''] = await runFolders();
      expect(first.stderr).toContain(`If it is stopped, go on with: npx agentcore-local run --resume ${runId}\n`);
      expect(first.stdout).toMatch(/Interrupted\.\n {2}\d+ of 20 items ended, see there; 0 sessions left open\n/);
      expect(first.stdout).toContain(`Go on with it: npx agentcore-local run --resume ${runId}`);

      const { code, stdout, stderr } = await run('--resume');
      expect(stderr).toMatch(/: \d+ items? to do, \d+ items? done before/);
      expect(stdout).toMatch(/\d+ succeeded, 0 failed, \d+ skipped, of 20 items/);
      expect(stdout).toContain(`Report:  ${join('there', 'report.html')}`);
      expect(code).toBe(0);
      expect((await run('--resume')).stderr).toContain('no unfinished run in .agentcore/runs; ');
    });

    test('runs again what had failed, and tells which inputs are not what they were', async () => {
      await writeFile(join(scratch.folder, 'fails.py'), FAILS);
      scratch.synthesize('count.py', { toleratedFailurePercentage: 0 });
      await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x', 'raise.csv': 'x' });
      expect((await run('inputs', '--script', 'fails.py')).code).toBe(1);
      const [runId = ''] = await runFolders();
      await writeFile(join(scratch.folder, 'inputs/raise.csv'), 'y\ny\n');
      await writeFile(join(scratch.folder, 'fails.py'), CORRECTED);
      const { code, stderr, stdout } = await run('--resume', runId);
      expect(stderr).toContain('they are read as they are now: incoming/raise.csv has changed');
      expect(stdout).toContain('1 succeeded, 0 failed, 2 skipped, of 3 items');
      expect(code).toBe(0);
    });

    test('a Python that was found is looked for again, and not kept by its path', async () => {
      scratch.synthesize('count.py', { itemsPerSession: 1, maxConcurrency: 1 });
      await scratch.inputs({ 'a.csv': 'x', 'raise.csv': 'x' });
      const environment = join(scratch.folder, 'environment');
      await symlink(dirname(dirname(await python())), environment);
      const found = { AGENTCORE_LOCAL_PYTHON: join(environment, 'bin/python') };
      const args = ['--fail-fast', '--isolation', 'off'];
      expect((await agentcoreLocal(scratch.folder, ['run', 'inputs', ...args], found)).stdout).toContain(
        '2 of 2 items',
      );
      await rm(environment);
      const elsewhere = { AGENTCORE_LOCAL_PYTHON: await python() };
      const { stdout } = await agentcoreLocal(scratch.folder, ['run', '--resume', ...args], elsewhere);
      expect(stdout).toContain('ScriptFailed: ValueError: cannot make sense of raise.csv');
    });

    test('a run that another process is at work on is left to it', async () => {
      scratch.synthesize('count.py');
      await scratch.inputs({ 'hang.csv': 'x' });
      const first = new CommandLine(scratch.folder, ['run', 'inputs', '--python', await python()]);
      await first.prints('If it is stopped');
      const [runId = ''] = await runFolders();
      const { code, stderr } = await run('--resume');
      expect(stderr).toContain(`run ${runId} is in use by another process: let it end, or end it`);
      expect(code).toBe(1);
      first.signal('SIGINT');
      expect(await first.ended()).toBe(130);
    });
  });

  test('two runs at once have results of their own', async () => {
    scratch.synthesize('count.py');
    await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x' });
    const outs = ['one', 'two'];
    const runs = await Promise.all(outs.map((out) => run('inputs', '--out', out)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(await runFolders()).toHaveLength(2);
    for (const out of outs) {
      const lines = (await readFile(join(scratch.folder, out, 'results.jsonl'), 'utf8')).trim().split('\n');
      expect(lines).toHaveLength(2);
    }
  });

  test('results take the place of those of the run before, and of nothing else', async () => {
    scratch.synthesize('count.py');
    await scratch.inputs({ 'a.csv': 'x', 'b.csv': 'x' });
    await run('inputs', '--out', '.');
    await writeFile(join(scratch.folder, 'items', 'mine.txt'), 'x');
    await run(join('inputs', 'b.csv'), '--out', '.');
    expect((await readdir(join(scratch.folder, 'items'))).sort()).toEqual(['000001-b.csv', 'mine.txt']);
  });

  test('are no inputs of the next run, where they lie among the inputs; a folder that is named itself is meant', async () => {
    scratch.synthesize('count.py', { input: AnalysisInput.fromPrefix('incoming/', { suffixes: ['.csv'] }) });
    await scratch.inputs({ 'a.csv': 'x' });
    for (const inputs of ['.', '.', 'inputs']) {
      expect((await run(inputs)).stdout).toContain('1 succeeded, 0 failed, of 1 item');
    }
    expect((await run('results', '--out', 'of-results')).stdout).toMatch(/^results\.csv +succeeded/m);
  });

  test('a run that is stopped leaves no report of the run before, and nothing of anybody else is removed', async () => {
    const combine = { script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.py')) };
    scratch.synthesize('count.py', { combine });
    await scratch.inputs({ 'a.csv': 'x', 'raise.csv': 'x' });
    await run(join('inputs', 'a.csv'));
    expect(await readdir(scratch.results)).toEqual(expect.arrayContaining(['report.html', 'results.jsonl']));
    await writeFile(join(scratch.results, 'mine.html'), 'x');
    await writeFile(join(scratch.results, 'combined/files/mine.csv'), 'x');
    await run(join('inputs', 'raise.csv'), '--fail-fast');
    const left = (await readdir(scratch.results)).sort();
    expect(left).toEqual(['athena', 'combined', 'items', 'manifest.jsonl', 'mine.html', 'run.json']);
    expect(await readdir(join(scratch.results, 'combined'))).toEqual(['files']);
    expect(await readdir(join(scratch.results, 'combined/files'))).toEqual(['mine.csv']);

    await writeFile(join(scratch.results, 'summary.json'), '{"mine": true}');
    await writeFile(join(scratch.results, 'report.html'), 'mine');
    await run(join('inputs', 'raise.csv'), '--fail-fast');
    expect(await readFile(join(scratch.results, 'report.html'), 'utf8')).toBe('mine');
  });

  test.each([
    ['a file', 'mine.txt', []],
    ['below a file', 'mine.txt/results', []],
    ['a file', 'mine.txt', ['--watch']],
  ])('refuses an output that is %s before anything runs', async (what, out, args) => {
    scratch.synthesize('count.py');
    await scratch.inputs({ 'a.csv': 'x' });
    await writeFile(join(scratch.folder, 'mine.txt'), 'mine');
    const { code, stderr } = await run('inputs', '--out', out, ...args);
    expect(stderr).toBe(`agentcore-local: the results are to go to "${out}", which is ${what}; name a folder\n`);
    expect(code).toBe(1);
    expect(await runFolders()).toEqual([]);
  });

  test('ends, and says why, where a file of the assembly is missing', async () => {
    scratch.synthesize('count.py');
    await scratch.inputs({ 'a.csv': 'x' });
    for (const name of (await readdir(scratch.assembly)).filter((file) => file.endsWith('.py'))) {
      await rm(join(scratch.assembly, name));
    }
    const { code, stderr } = await run('inputs');
    expect(stderr).toMatch(/agentcore-local: ENOENT: .*asset\.\w+\.py/);
    expect(code).toBe(1);
    expect(await runFolders()).toEqual([]);
  });

  test('--open opens the report, whatever the surroundings', async () => {
    scratch.synthesize('count.py');
    await scratch.inputs({ 'a.csv': 'x' });
    const opened = join(scratch.folder, 'opened');
    await writeFile(join(scratch.folder, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > "${opened}"\n`);
    await chmod(join(scratch.folder, 'xdg-open'), 0o755);
    const env = { PATH: `${scratch.folder}:${process.env.PATH}`, CI: 'true' };
    const args = ['run', 'inputs', '--python', await python()];
    await agentcoreLocal(scratch.folder, args, env);
    expect(await readdir(scratch.folder)).not.toContain('opened');
    const run = new CommandLine(scratch.folder, [...args, '--open'], env);
    expect(await run.ended()).toBe(0);
    let path = '';
    while (path === '') {
      await sleep(20);
      path = await readFile(opened, 'utf8').catch(() => '');
    }
    expect(path).toBe(join(scratch.results, 'report.html'));
  });
});

describe('agentcore-local run --watch', () => {
  let scratch: Scratch;
  let watch: CommandLine | undefined;

  beforeEach(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('count.py', { toleratedFailurePercentage: 100 });
    await scratch.inputs({ 'a.csv': 'x\n', 'b.csv': 'x\n', 'c.csv': 'x\n' });
  });

  afterEach(async () => {
    watch?.signal('SIGINT');
    await watch?.ended();
    await scratch.remove();
  });

  test('finds the source of the script, and runs again when it or an input changes', async () => {
    const source = await readFile(join(SCRIPTS, 'count.py'), 'utf8');
    await writeFile(join(scratch.folder, 'count.py'), source);
    watch = new CommandLine(scratch.folder, ['run', 'inputs', '--watch', '--limit', '2', '--python', await python()]);
    await watch.prints('Watching count.py, the inputs and cdk.out; Ctrl-C ends it');
    await watch.prints('Waiting for changes');
    expect(watch.stderr).toContain('on 2 of 3 items');

    await writeFile(join(scratch.folder, 'count.py'), source.replace('"lines": ', '"again": '));
    await watch.prints('Waiting for changes', 2);
    expect(watch.stderr).toMatch(/── \d\d:\d\d:\d\d {2}count\.py changed ──/);
    expect((await scratch.itemResults()).get('a.csv')?.row).toHaveProperty('again', 1);

    await writeFile(join(scratch.folder, 'inputs/a.csv'), 'x\ny\n');
    await watch.prints('Waiting for changes', 3);
    expect(watch.stderr).toContain(`${join('inputs', 'a.csv')} changed`);
    expect((await scratch.itemResults()).get('a.csv')?.row).toHaveProperty('again', 2);

    watch.signal('SIGINT');
    expect(await watch.ended()).toBe(130);
    expect(await readdir(scratch.folder)).not.toContain('.agentcore');
  });

  test('ends a run that a change has overtaken, and shows what is wrong without ending', async () => {
    const script = join(scratch.folder, 'mine.py');
    await writeFile(script, 'import time\ntime.sleep(600)\n');
    const args = ['run', 'inputs', '--watch', '--script', 'mine.py', '--python', await python()];
    watch = new CommandLine(scratch.folder, args);
    await watch.prints('Running batch');
    await writeFile(script, 'raise ValueError("still wrong")\n');
    await watch.prints('Waiting for changes');
    expect(watch.stdout).toContain('3 failed');
    expect(watch.stdout).toContain('ValueError: still wrong');
    await writeFile(script, 'print("fine")\n');
    await watch.prints('3 succeeded');
  });

  test('takes up a new synth', async () => {
    watch = new CommandLine(scratch.folder, ['run', 'inputs', '--watch', '--python', await python()]);
    await watch.prints('The source of count.py was not found: name it with --script to have it watched');
    await watch.prints('Waiting for changes');
    scratch.synthesize('traced.py');
    await watch.prints('Waiting for changes', 2);
    expect(watch.stderr).toContain(`${join('cdk.out', 'manifest.json')} changed`);
    expect((await scratch.itemResults()).get('a.csv')?.row).toEqual({ lines: 1 });
  });
});
