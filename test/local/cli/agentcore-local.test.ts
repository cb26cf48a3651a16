/** @needs Python */
import { join } from 'node:path';
import { agentcoreLocal } from '../../support/command-line';
import { Scratch } from '../../support/local-batch';
import { python } from '../../support/python';

describe('agentcore-local', () => {
  let scratch: Scratch;

  beforeAll(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('count.py', { toleratedFailurePercentage: 50 });
  });

  afterAll(() => scratch.remove());

  test('run: shows each item as it ends, then a table, the result, and where the report is', async () => {
    const inputs = await scratch.inputs({ 'fine.csv': 'a\nb\n', 'raise.csv': 'x' });
    const { code, stdout, stderr } = await agentcoreLocal(scratch.folder, ['run', inputs, '--python', await python()]);
    expect(stderr).toContain('Running batch Batch on 2 items; sandbox: ');
    expect(stderr).toMatch(/ ✓ 000001-fine\.csv +\d+\.\d s\n/);
    expect(stderr).toMatch(
      / ✗ 000002-raise\.csv +\d+\.\d s {2}ScriptFailed: ValueError: cannot make sense of raise\.csv\n/,
    );
    expect(stdout).toMatch(/\nitem +status +seconds +lines\n/);
    expect(stdout).toMatch(/\nfine\.csv +succeeded +\d+\.\d +2\n/);
    expect(stdout).toMatch(/\nraise\.csv +failed +\d+\.\d +ValueError: cannot make sense of raise\.csv\n/);
    expect(stdout).toContain('succeeded: 1 of 2 items failed, within the tolerated 50 %');
    expect(stdout).toContain('1 session, 0 left open');
    expect(stdout).toContain(`Report:  ${join('results', 'report.html')}`);
    expect(code).toBe(0);
  });

  test('run: the exit code is 1 when the run has failed, and the reason is printed', async () => {
    const inputs = await scratch.inputs({ 'fine.csv': 'a', 'raise.csv': 'x', 'exit.csv': 'x' });
    const { code, stdout } = await agentcoreLocal(scratch.folder, ['run', inputs, '--python', await python()]);
    expect(stdout).toContain('failed: 2 of 3 items failed, more than the tolerated 50 %');
    expect(code).toBe(1);
  });

  test.each<[string, string[], string]>([
    [
      'a folder that is no assembly',
      ['run', '.', '--app', 'inputs'],
      '"inputs" is not a cloud assembly: there is no manifest.json in it. Make one with: npx cdk synth --output inputs',
    ],
    [
      'an input that does not exist',
      ['run', 'nowhere'],
      'the input "nowhere" does not exist; name files, or folders of files',
    ],
    ['a batch that does not exist', ['run', '.', '--batch', 'Nope'], 'no batch "Nope" in'],
    [
      'parameters that are no object',
      ['run', '.', '--parameters', '[1]'],
      'It must be a JSON object, such as {"currency": "EUR"}.',
    ],
    ['no inputs', ['run'], 'name the inputs: files, or folders of files; or --resume, to go on with a run'],
    ['a limit that is no number', ['run', '.', '--limit', 'five'], 'It must be a whole number.'],
    ['a limit of nothing', ['run', '.', '--limit', '0'], 'It must be 1 or more.'],
    [
      'a script in another language',
      ['run', '.', '--script', 'x.ts'],
      '"x.ts" is in typescript; the script of batch Batch, count.py, is in python, and so must be what takes its place',
    ],
    ['a script that does not exist', ['run', '.', '--script', 'no.py'], 'the script "no.py" does not exist'],
    [
      'a script that is none',
      ['run', '.', '--script', 'notes.txt'],
      '"notes.txt" is in no language that a session runs; the script of batch Batch',
    ],
    ['a run that there is not', ['run', '--resume', 'never'], 'no run "never" in .agentcore/runs; '],
    [
      'inputs for a run that has its own',
      ['run', 'inputs', '--limit', '3', '--resume'],
      '--resume takes no inputs (inputs) and no --limit: the run has its items and parameters already',
    ],
    [
      'a watch of a run that is resumed',
      ['run', '--watch', '--resume'],
      '--resume and --watch do not go together: a watch begins a new run with each change',
    ],
    ['a port that is no number', ['serve', '--port', 'x'], 'It must be a whole number.'],
  ])('says what is wrong with %s', async (_, args, message) => {
    const { code, stderr } = await agentcoreLocal(scratch.folder, args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  });

  test('tells what it needs on a Node.js that is too old for its parts, instead of failing for the lack of one', async () => {
    const { code, stderr } = await agentcoreLocal(scratch.folder, ['--help'], {
      NODE_OPTIONS: '--no-experimental-sqlite',
    });
    expect(stderr).toMatch(/^agentcore-local needs Node.js 22\.13 or newer; this is v\d+/);
    expect(code).toBe(1);
  });

  test('tells its version', async () => {
    const { stdout } = await agentcoreLocal(scratch.folder, ['--version']);
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
