// Builds the Python package that jsii makes of the constructs, installs it into a virtual environment, and synthesizes the
// Python example with it; then that batch is run on this machine. Needs `npm run build` to have been run. What cannot be
// had (Python, packages of PyPI) is said and left out; `--strict` or CI=true makes that a failure.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const environment = join(root, '.agentcore/checkers/jsii');
const python = join(environment, 'bin/python');
const strict = process.argv.includes('--strict') || process.env.CI === 'true';

/** What makes packages, and what the example needs beside ours: kept between runs. */
async function prepare() {
  try {
    if (!existsSync(python)) {
      await run('python3', ['-m', 'venv', environment]);
    }
    const { peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const cdk = `aws-cdk-lib>=${peerDependencies['aws-cdk-lib'].slice(1)},<3`;
    await run(python, ['-m', 'pip', 'install', '--quiet', 'build', 'wheel', 'setuptools', 'twine', cdk]);
    return true;
  } catch (error) {
    console.log(
      `the Python package: left out, ${String(error.stderr || error.message)
        .trim()
        .split('\n')
        .at(-1)}`,
    );
    return false;
  }
}

async function build(folder) {
  const path = [join(environment, 'bin'), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const options = { cwd: root, env: { ...process.env, PATH: path } };
  await run('jsii-pacmak', ['--targets', 'python', '--outdir', folder], options);
  const [wheel] = (await readdir(join(folder, 'python'))).filter((name) => name.endsWith('.whl'));
  await run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--force-reinstall',
    '--no-deps',
    join(folder, 'python', wheel),
  ]);
  return wheel;
}

async function synthesize(folder) {
  const assembly = join(folder, 'cdk.out');
  const env = { ...process.env, CDK_OUTDIR: assembly, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1' };
  await run(python, [join(root, 'examples/python-app/app.py')], { cwd: folder, env });
  return assembly;
}

/** The batch of that app, in the local runner: what Python has synthesized is what it runs. */
async function runBatch(assembly, folder) {
  const input = join(folder, 'may.csv');
  await writeFile(input, 'amount,currency\n10,EUR\n100,USD\n');
  const output = join(folder, 'results');
  const command = [
    join(root, 'packages/agentcore-local/bin/agentcore-local.js'),
    'run',
    '--app',
    assembly,
    '--out',
    output,
    input,
  ];
  await run(process.execPath, command, { cwd: root });
  const { row } = JSON.parse(await readFile(join(output, 'results.jsonl'), 'utf8'));
  if (row.total !== 100) {
    throw new Error(`the batch has found ${JSON.stringify(row)}; 10 EUR and 100 USD at 0.9 are 100`);
  }
}

if (await prepare()) {
  const folder = await mkdtemp(join(tmpdir(), 'python-check-'));
  try {
    const wheel = await build(folder);
    await runBatch(await synthesize(folder), folder);
    console.log(`${wheel} is installed, the example synthesized with it, and its batch run`);
  } catch (error) {
    console.log(error.stderr || error.stdout || error.message);
    process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
} else if (strict) {
  process.exitCode = 1;
}
