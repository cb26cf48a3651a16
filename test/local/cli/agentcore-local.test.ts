import { execFile } from 'node:child_process';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { Scratch } from '../../support/local-batch';
import { python } from '../../support/python';

const CLI = join(__dirname, '../../../dist/local/agentcore-local.js');

/** The command line as it is shipped. */
async function agentcoreLocal(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [CLI, ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('agentcore-local', () => {
  let scratch: Scratch;

  beforeAll(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('count.py', { toleratedFailurePercentage: 50 });
  });

  afterAll(() => scratch.remove());

  test('run: shows each item as it ends, then a table, the result, and where the report is', async () => {
    const inputs = await scratch.inputs({ 'fine.csv': 'a\nb\n', 'raise.csv': 'x' });
    const assembly = relative(process.cwd(), scratch.assembly);
    const { code, stdout, stderr } = await agentcoreLocal(
      ...['run', inputs, '--app', assembly, '--out', scratch.results, '--python', await python()],
    );
    expect(stderr).toContain('Running batch Batch on 2 items; code is ');
    expect(stderr).toMatch(/ ✓ 000001-fine\.csv +\d+\.\d s\n/);
    expect(stderr).toMatch(
      / ✗ 000002-raise\.csv +\d+\.\d s {2}ScriptFailed: ValueError: cannot make sense of raise\.csv\n/,
    );
    expect(stdout).toMatch(/\nitem +status +seconds +lines\n/);
    expect(stdout).toMatch(/\nfine\.csv +succeeded +\d+\.\d +2\n/);
    expect(stdout).toMatch(/\nraise\.csv +failed +\d+\.\d +ValueError: cannot make sense of raise\.csv\n/);
    expect(stdout).toContain('succeeded: 1 of 2 items failed, within the tolerated 50 %');
    expect(stdout).toContain('1 sessions, 0 left open');
    expect(stdout).toContain(`Report:  ${join(scratch.results, 'report.html')}`);
    expect(code).toBe(0);
  });

  test('run: the exit code is 1 when the run has failed, and the reason is printed', async () => {
    const inputs = await scratch.inputs({ 'fine.csv': 'a', 'raise.csv': 'x', 'exit.csv': 'x' });
    const { code, stdout } = await agentcoreLocal(
      ...['run', inputs, '--app', scratch.assembly, '--out', scratch.results, '--python', await python()],
    );
    expect(stdout).toContain('failed: 2 of 3 items failed, more than the tolerated 50 %');
    expect(code).toBe(1);
  });

  test.each<[string, string[], string]>([
    [
      'a folder that is no assembly',
      ['run', '.', '--app', 'lib'],
      '"lib" is not a cloud assembly: there is no manifest.json in it. Make one with: npx cdk synth --output lib',
    ],
    [
      'an input that does not exist',
      ['run', 'nowhere', '--app', 'ASSEMBLY'],
      'the input "nowhere" does not exist; name files, or folders of files',
    ],
    [
      'a batch that does not exist',
      ['run', '.', '--app', 'ASSEMBLY', '--batch', 'Nope'],
      'there is no batch "Nope" in',
    ],
    [
      'parameters that are no object',
      ['run', '.', '--parameters', '[1]'],
      'It must be a JSON object, such as {"currency": "EUR"}.',
    ],
    ['a port that is no number', ['serve', '--port', 'x'], 'It must be a whole number.'],
  ])('says what is wrong with %s', async (_, args, message) => {
    const { code, stderr } = await agentcoreLocal(...args.map((arg) => (arg === 'ASSEMBLY' ? scratch.assembly : arg)));
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  });
});
