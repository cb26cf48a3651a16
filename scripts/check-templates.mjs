// Synthesizes the reference app and every example, and has cfn-lint and checkov look at the templates. Says which of the
// two the machine does not have; `--strict` or CI=true makes that a failure. Both are looked for on the PATH and in a virtual
// environment under .agentcore/checkers/venv (python3 -m venv, then pip install cfn-lint checkov).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const output = join(root, '.agentcore/templates');
const strict = process.argv.includes('--strict') || process.env.CI === 'true';
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

/** The templates of all apps. */
async function synthesize(named) {
  const script = join(root, 'scripts/synthesize-apps.ts');
  const { status, stderr } = run('tsx', [script, output, ...named.map(([name, file]) => `${name}=${file}`)]);
  if (status !== 0) {
    console.log(`CANNOT BE SYNTHESIZED\n${stderr.trim()}`);
    process.exitCode = 1;
    return [];
  }
  const folders = named.map(async ([name]) => {
    const files = await readdir(join(output, name));
    return files.filter((found) => found.endsWith('.template.json')).map((found) => join(output, name, found));
  });
  return (await Promise.all(folders)).flat();
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
const templates = await synthesize(await apps());
console.log(`templates: ${templates.map((template) => basename(template, '.template.json')).join(', ')}`);
const passed = TOOLS.map((tool) => check(tool, templates));
if (!passed.every(Boolean)) {
  process.exitCode = 1;
}
