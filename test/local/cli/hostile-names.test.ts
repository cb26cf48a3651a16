import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnalysisScript } from '../../../lib';
import { agentcoreLocal } from '../../support/command-line';
import { Scratch } from '../../support/local-batch';
import { python } from '../../support/python';

const TITLE = '\x1b]0;owned\x07';
const FORGED = 'a\nRun x succeeded: all items succeeded';
const HOSTILE = `${TITLE}\x1b[2J${FORGED}\r\u202eturned\x9b1m`;
const UNSAFE = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Fails for one input with a hostile message, and leaves hostile names, columns and values for the other. */
const SCRIPT = `
import json
item = json.load(open('item.json'))
hostile = ${JSON.stringify(HOSTILE)}
print(hostile)
if 'fails' in item['input']:
    raise ValueError(hostile)
json.dump({hostile: hostile, 'rows': 1}, open('output/result.json', 'w'))
`;

/** The command line as it is shipped, with its output in pipes, where nothing of it may steer a terminal either. */
describe('hostile names and messages', () => {
  let scratch: Scratch;

  beforeAll(async () => {
    scratch = await Scratch.make();
    writeFileSync(join(scratch.folder, 'hostile.py'), SCRIPT);
    mkdirSync(join(scratch.folder, 'inputs'));
    for (const name of ['ok\u202egnp.csv', `fails\x1b[2J\n✓ forged ${'x'.repeat(100)}.csv`]) {
      writeFileSync(join(scratch.folder, 'inputs', name), 'a\n');
    }
  });

  afterAll(() => scratch.remove());

  test('do not steer the terminal during run, nor forge lines of it', async () => {
    scratch.synthesize('count.py', { script: AnalysisScript.fromAsset(join(scratch.folder, 'hostile.py')) });
    const args = ['run', 'inputs', '--verbose', '--python', await python()];
    const { code, stdout, stderr } = await agentcoreLocal(scratch.folder, args);
    expect(code).toBe(1);
    expect(stdout).toContain('hostile');
    for (const text of [stdout, stderr]) {
      expect(text).not.toMatch(UNSAFE);
      expect(text).not.toMatch(/^Run x succeeded|^✓ forged|^ {0,2}✓ forged/m);
    }
    expect(stdout).toMatch(/^Run \S+ failed: 1 of 2 items failed/m);
    // What is stored is what the script wrote.
    const lines = (await readFile(join(scratch.results, 'results.jsonl'), 'utf8')).trim().split('\n');
    const rows = lines.map((line) => JSON.parse(line).row ?? {});
    expect(rows).toContainEqual({ [HOSTILE]: HOSTILE, rows: 1 });
  });

  test('do not steer it during exec, apart from what a script hands to a pipe', async () => {
    const script = join(scratch.folder, 'exec.py');
    writeFileSync(
      script,
      `print(${JSON.stringify(TITLE)} + 'said')\nsize = open(${JSON.stringify(HOSTILE)}, 'w').write('1')`,
    );
    const { code, stdout, stderr } = await agentcoreLocal(scratch.folder, ['exec', script, '--python', await python()]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${TITLE}said\n` });
    expect(stderr).not.toMatch(UNSAFE);
    expect(stderr).toContain('1 bytes');
    expect(stderr).not.toMatch(/^Run x succeeded/m);
  });

  test.each([[['run', `no${HOSTILE}`]], [['exec', `no${HOSTILE}.py`]], [[`no${HOSTILE}`]]])(
    'do not steer it in an error about the command line: %#',
    async (args) => {
      scratch.synthesize('count.py');
      const { code, stderr } = await agentcoreLocal(scratch.folder, args);
      expect(code).toBe(1);
      expect(stderr).toContain('turned');
      expect(stderr).not.toMatch(UNSAFE);
      expect(stderr).not.toMatch(/^Run x succeeded/m);
    },
  );
});
