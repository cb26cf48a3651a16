// Synthesizes the reference app and every example, and has cfn-lint and checkov look at the templates. Says which of the
// two the machine does not have; `--strict` makes that a failure. Both are looked for on the PATH and in a virtual
// environment under .agentcore/checkers/venv (python3 -m venv, then pip install cfn-lint checkov).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(root, '.agentcore/templates');
const strict = process.argv.includes('--strict');
const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env.PATH, join(root, '.agentcore/checkers/venv/bin')].join(delimiter),
};

/** Each tool with its arguments for some templates. Their exit codes tell of problems. */
const TOOLS = [
  {
    name: 'cfn-lint',
    // Warnings are shown, and only errors fail: some warnings are about what aws-cdk-lib itself writes.
    arguments: (templates) => ['--non-zero-exit-code', 'error', ...templates],
  },
  {
    name: 'checkov',
    arguments: () => ['--directory', output, '--framework', 'cloudformation', '--compact', '--quiet'],
  },
];

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, env: environment, encoding: 'utf8', ...options });
}

async function apps() {
  const examples = await readdir(join(root, 'examples'));
  return [
    ['reference', join(root, 'bin/app.ts')],
    ...examples.map((name) => [name, join(root, 'examples', name, 'app.ts')]),
  ].filter(([, file]) => existsSync(file));
}

async function synthesize(name, file) {
  const folder = join(output, name);
  await mkdir(folder, { recursive: true });
  const { status, stderr } = run('tsx', [file], { env: { ...environment, CDK_OUTDIR: folder } });
  if (status !== 0) {
    console.log(`${name}: CANNOT BE SYNTHESIZED\n${stderr.trim()}`);
    process.exitCode = 1;
    return [];
  }
  const files = await readdir(folder);
  return files.filter((found) => found.endsWith('.template.json')).map((found) => join(folder, found));
}

function check(tool, templates) {
  if (run(tool.name, ['--version']).status !== 0) {
    console.log(`${tool.name}: left out, this machine does not have it (pip install ${tool.name})`);
    return !strict;
  }
  const { status, stdout } = run(tool.name, tool.arguments(templates));
  console.log(`${tool.name}: ${status === 0 ? 'no problem' : 'PROBLEMS'} in ${templates.length} templates`);
  if (stdout.trim()) {
    console.log(stdout.trim());
  }
  return status === 0;
}

await rm(output, { recursive: true, force: true });
const templates = [];
for (const [name, file] of await apps()) {
  templates.push(...(await synthesize(name, file)));
}
console.log(`templates: ${templates.map((template) => basename(template, '.template.json')).join(', ')}`);
const passed = TOOLS.map((tool) => check(tool, templates));
if (!passed.every(Boolean)) {
  process.exitCode = 1;
}
