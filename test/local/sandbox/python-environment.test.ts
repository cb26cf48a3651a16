/** @needs Python */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensurePythonEnvironment } from '../../../lib/local/sandbox/python-environment';
import { ROOT } from '../emulator/support';

describe('ensurePythonEnvironment', () => {
  const before = { ...process.env };
  let folder: string;
  let lines: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentcore-python-'));
    lines = [];
  });
  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true, force: true });
  });

  const ensure = (path = join(folder, 'python')) =>
    ensurePythonEnvironment({ folder: path, onProgress: (line) => lines.push(line) });

  /** A PATH with nothing but this `python3`. */
  function onlyPython(script: string): void {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'python3'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'python3'), 0o755);
    process.env.PATH = bin;
  }

  test('gives the environment of the checkout, at once when it is there', async () => {
    const shared = join(ROOT, '.agentcore/python');
    const first = await ensure(shared);
    lines = [];
    expect(await ensure(shared)).toEqual(first);
    expect(lines).toEqual([]);
    const { python } = first as { python: string };
    expect(execFileSync(python, ['-c', 'import IPython, pandas, matplotlib, openpyxl; print(1)']).toString()).toBe(
      '1\n',
    );
  });

  test('takes the interpreter that AGENTCORE_LOCAL_PYTHON names', async () => {
    const { python } = (await ensure(join(ROOT, '.agentcore/python'))) as { python: string };
    process.env.AGENTCORE_LOCAL_PYTHON = python;
    expect(await ensure()).toEqual({ python });
    expect(existsSync(join(folder, 'python'))).toBe(false);
  });

  test('says why when that one lacks what is needed', async () => {
    process.env.AGENTCORE_LOCAL_PYTHON = '/bin/false';
    expect(await ensure()).toEqual({ reason: expect.stringContaining('AGENTCORE_LOCAL_PYTHON names /bin/false') });
  });

  test('says why when there is no Python', async () => {
    process.env.PATH = folder;
    expect(await ensure()).toEqual({ reason: expect.stringContaining('no Python 3.10 or newer with the venv module') });
  });

  test('says why, in one line, when packages cannot be had, and leaves nothing half-made', async () => {
    // An interpreter that can make an environment, whose pip finds no network.
    onlyPython(
      `case "$*" in
  *"-m venv"*) /bin/mkdir -p "$3/bin"; printf '#!/bin/sh\\necho "ERROR: no network here" >&2; exit 1' > "$3/bin/python"; /bin/chmod +x "$3/bin/python";;
  *find_spec*) exit 1;;
esac`,
    );
    expect(await ensure()).toEqual({ reason: expect.stringMatching(/pip install failed: ERROR: no network here$/) });
    expect(readdirSync(folder)).toEqual(['bin']);
  });

  test('makes anew what an interrupted run left half-made', async () => {
    onlyPython(
      `case "$*" in
  *"-m venv"*) /bin/mkdir -p "$3/bin"; printf '#!/bin/sh\\nexit 0' > "$3/bin/python"; /bin/chmod +x "$3/bin/python";;
  *find_spec*) exit 1;;
esac`,
    );
    const half = join(folder, 'python');
    mkdirSync(join(half, 'bin'), { recursive: true });
    writeFileSync(join(half, 'bin/python'), 'half');
    writeFileSync(join(half, 'leftover'), '');
    expect(await ensure()).toEqual({ python: join(half, 'bin/python') });
    expect(existsSync(join(half, 'leftover'))).toBe(false);
    expect(lines.at(-1)).toBe('the Python environment is ready');
  });

  test('makes it once for two who ask at the same time', async () => {
    onlyPython(
      `case "$*" in
  *"-m venv"*) /bin/mkdir -p "$3/bin"; echo made >> "${folder}/made"; printf '#!/bin/sh\\nexit 0' > "$3/bin/python"; /bin/chmod +x "$3/bin/python";;
  *find_spec*) exit 1;;
esac`,
    );
    const [one, other] = await Promise.all([ensure(), ensure()]);
    expect(one).toEqual(other);
    expect(execFileSync('/bin/cat', [join(folder, 'made')]).toString()).toBe('made\n');
  });
});
