// Packs the package as a release would, installs the tarball into an empty CDK app, and synthesizes a stack with it:
// what a consumer gets works without a checkout, without esbuild, and without a single dependency of its own. The types of
// all that it exports are compiled too, without those of any package beside the peers.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = await mkdtemp(join(tmpdir(), 'package-check-'));

const APP = `
const { App, Stack } = require('aws-cdk-lib');
const { AnalysisScript, BatchAnalysis, CodeInterpreter, CodeInterpreterInvoker } = require('cdk-agentcore-code-interpreter');
const app = new App();
const stack = new Stack(app, 'Consumer');
const interpreter = new CodeInterpreter(stack, 'Interpreter');
new CodeInterpreterInvoker(stack, 'Invoker', { interpreter });
new BatchAnalysis(stack, 'Batch', { interpreter, script: AnalysisScript.fromAsset('script.py') });
const { template } = app.synth().getStackByName('Consumer');
console.log(Object.keys(template.Resources).length);
`;

const TYPED = `
import { Stack } from 'aws-cdk-lib';
import { BatchAnalysis, type SessionSetup } from 'cdk-agentcore-code-interpreter';
import { ErrorName, type InvokerRequest, type InvokerResponse } from 'cdk-agentcore-code-interpreter/invoker';
import { type LocalRunResult, runLocally, startEmulator } from 'cdk-agentcore-code-interpreter/local';
export const setup: SessionSetup = { objects: ['reference/'] };
export const request: InvokerRequest = { code: 'print(1)' };
export const exitCode = (answer: InvokerResponse): number | undefined => answer.exitCode;
export const run = (): Promise<LocalRunResult> => runLocally({ assembly: 'cdk.out', inputs: [], output: 'results' });
export const all: unknown[] = [Stack, BatchAnalysis, startEmulator, ErrorName.sessionLost];
`;
const TYPES = {
  compilerOptions: {
    ...{ module: 'node16', strict: true, noEmit: true, skipLibCheck: false, target: 'es2022', lib: ['es2024'] },
    types: ['node'],
  },
  include: ['typed.ts'],
};

/** Errors of the compiler are on its standard output. */
function compile(project) {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { cwd: project });
  } catch (error) {
    throw new Error(`the types do not compile:\n${error.stdout}`);
  }
}

try {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root }).toString(),
  );
  const [{ filename, size, files }] = packed;
  const stray = files
    .map(({ path }) => path)
    .filter((path) => /(^|\/)(test|scripts|examples|node_modules)\//.test(path));
  if (stray.length > 0) {
    throw new Error(`the package holds what it should not: ${stray.slice(0, 5).join(', ')}`);
  }
  const installed = join(folder, 'node_modules/cdk-agentcore-code-interpreter');
  await mkdir(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  // The peers, and nothing else but the types of Node.js, are there.
  for (const peer of ['aws-cdk-lib', 'constructs', '@types', 'undici-types']) {
    await symlink(join(root, 'node_modules', peer), join(folder, 'node_modules', peer));
  }
  await writeFile(join(folder, 'app.js'), APP);
  await writeFile(join(folder, 'script.py'), 'print(1)\n');
  const options = { cwd: folder, env: { PATH: process.env.PATH } };
  const resources = execFileSync(process.execPath, ['app.js'], options).toString().trim();
  await writeFile(join(folder, 'package.json'), '{}');
  await writeFile(join(folder, 'typed.ts'), TYPED);
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TYPES));
  compile(folder);
  const help = execFileSync(process.execPath, [join(installed, 'dist/local/agentcore-local.js'), '--help'], options);
  if (!help.toString().includes('agentcore-local')) {
    throw new Error('agentcore-local --help says nothing');
  }
  console.log(
    `${files.length} files, ${(size / 1e6).toFixed(1)} MB packed; a consumer's stack has ${resources} resources`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
