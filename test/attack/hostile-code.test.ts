import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');
const FOLDERS = ['test', 'examples', 'bench', 'scripts'];
/** Where the guards themselves are. */
const GUARDS = ['test/support/hostile-code.ts', 'test/support/process-tree.ts', 'test/attack/hostile-code.test.ts'];
/** What looks hostile, and why it is not. */
const HARMLESS: Record<string, string> = {
  'test/conformance/plain.py': 'kills the process that it has started, in a sandboxed session',
  'test/support/watched-process.py': 'kills the processes that it has started',
  'test/local/runner/s3-clients.test.ts': 'asks a local S3 of its own',
};
/** Scripts that only this test runs, which requires a sandbox. */
const SANDBOXED = { folder: 'test/conformance/scripts/', test: 'test/conformance/conformance.test.ts' };

/** What hurts the machine when it runs outside of a sandbox, as it is written in Python, in JavaScript or for a shell. */
const HOSTILE: Record<string, RegExp> = {
  'kills every process': /\bkill\s+(-\S+\s+)*(--\s+)?-1\b/,
  'kills by name': /\b(pkill|killall)\b/,
  'kills from Python or JavaScript': /\b(os\.kill(pg)?|process\.kill|Deno\.kill)\(/,
  'forks without end': /\w+\(\)\s*\{[^}]*\|[^}]*&\s*\}|while (True|1): os\.fork/,
  'fills the disk': /\bdd\b.*\bif=|\bfallocate\b/,
  'fills the memory': /\bbytearray\(\s*\d+\s*\*\s*1024/,
  'looks for networks': /\b(create_connection|urlopen|urllib\.request|curl|wget)\b/,
  'removes from the root': /\brm\s+-\w*r\w*\s+["']?[/~$]/,
};
const GUARDED_BY = ['hostileShell', 'hostilePython'];

const hostileIn = (text: string): string | undefined =>
  Object.entries(HOSTILE).find(([, pattern]) => pattern.test(text))?.[0];

/** The lines of a Python file that are hostile, and not directly below a call of the guard. */
function unguardedPython(source: string): string[] {
  const lines = source.split('\n');
  return lines.flatMap((line, index) => {
    const deed = hostileIn(line);
    return deed === undefined || lines[index - 1]?.trim() === 'require_sandbox()' ? [] : [`${index + 1}: ${deed}`];
  });
}

/** The hostile strings that are no argument of a guard, and the calls that kill. */
function unguardedScript(source: string, name: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && GUARDED_BY.includes(node.expression.getText())) {
      return;
    }
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
    const isKill = ts.isCallExpression(node) && node.expression.getText() === 'process.kill';
    const deed = isText || isKill ? hostileIn(node.getText()) : undefined;
    if (deed !== undefined) {
      found.push(`${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${deed}`);
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function unguarded(name: string, source: string): string[] {
  return name.endsWith('.py') ? unguardedPython(source) : unguardedScript(source, name);
}

describe('no test, example or benchmark hurts the machine', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(py|[cm]?[jt]s)$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name))),
  ).filter((path) => !path.includes('node_modules') && !GUARDS.includes(path));
  const checked = files.filter((path) => !(path in HARMLESS) && !path.startsWith(SANDBOXED.folder));

  test('reads them all', () => {
    expect(files).toEqual(expect.arrayContaining(['test/fixtures/analyses/count.py', 'bench/report.ts']));
  });

  test('has hostile code only behind a guard that refuses to run outside of a sandbox', () => {
    const found = checked.flatMap((path) =>
      unguarded(path, readFileSync(join(ROOT, path), 'utf8')).map((deed) => `${path}:${deed}`),
    );
    // Write it as hostileShell('…') or hostilePython('…'); in a fixture, call require_sandbox() on the line before.
    expect(found).toEqual([]);
  });

  test('makes exceptions for files that are there, and for scripts that run in a sandbox alone', () => {
    expect(files).toEqual(expect.arrayContaining(Object.keys(HARMLESS)));
    const users = checked.filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('conformance/scripts'));
    expect(users.filter((path) => path !== SANDBOXED.test)).toEqual([]);
    expect(readFileSync(join(ROOT, SANDBOXED.test), 'utf8')).toContain("startForTest({ isolation: 'require' })");
  });

  test.each([
    ['a.ts', "client.command(session, 'kill -9 -1');"],
    ['a.ts', 'const code = `import os\nos.kill(-1, 9)`;'],
    ['a.ts', "process.kill(Number(text), 'SIGKILL');"],
    ['a.ts', "run('bomb() { bomb | bomb & }; bomb');"],
    ['a.ts', "run('dd if=/dev/zero of=big');"],
    ['a.ts', 'run("x = bytearray(20 * 1024 ** 3)");'],
    ['a.ts', 'run("curl http://169.254.169.254/");'],
    ['a.ts', "run('pkill -9 python');"],
    ['a.ts', "run('rm -rf /');"],
    ['a.py', 'if murder:\n    os.kill(-1, 9)'],
  ])('would find in %s: %s', (name, source) => {
    expect(unguarded(name, source)).toHaveLength(1);
  });

  test.each([
    ['a.ts', "client.command(session, hostileShell('kill -9 -1'));"],
    ['a.ts', 'client.python(session, hostilePython(`import os; os.kill(-1, 9)`));'],
    ['a.py', 'if murder:\n    require_sandbox()\n    os.kill(-1, 9)'],
    ['a.ts', "it('kills a session', () => {}); // kill -9 -1"],
  ])('lets pass in %s: %s', (name, source) => {
    expect(unguarded(name, source)).toEqual([]);
  });
});
