// Packs the package as a release would, installs the tarball into an empty CDK app, and synthesizes a stack with it:
// what a consumer gets works without a checkout, without esbuild, and without a single dependency of its own.
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

const CALLER = `
import { ErrorName, type InvokerRequest, type InvokerResponse } from 'cdk-agentcore-code-interpreter/invoker';
const request: InvokerRequest = { code: 'print(1)', language: 'python' };
export const failed = ({ outcome }: InvokerResponse) => outcome === 'failed';
console.log(request, ErrorName.sessionLost);
`;

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
  // The peers, and nothing else, are there.
  for (const peer of ['aws-cdk-lib', 'constructs']) {
    await symlink(join(root, 'node_modules', peer), join(folder, 'node_modules', peer));
  }
  await writeFile(join(folder, 'app.js'), APP);
  await writeFile(join(folder, 'script.py'), 'print(1)\n');
  const options = { cwd: folder, env: { PATH: process.env.PATH } };
  const resources = execFileSync(process.execPath, ['app.js'], options).toString().trim();
  const help = execFileSync(process.execPath, [join(installed, 'dist/local/agentcore-local.js'), '--help'], options);
  if (!help.toString().includes('agentcore-local')) {
    throw new Error('agentcore-local --help says nothing');
  }
  // The types of the invoker's requests and answers.
  await writeFile(join(folder, 'caller.ts'), CALLER);
  await writeFile(join(folder, 'package.json'), '{}');
  const tsc = ['caller.ts', '--noEmit', '--strict', '--module', 'nodenext'];
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...tsc], {
    ...options,
    stdio: 'inherit',
  });
  console.log(
    `${files.length} files, ${(size / 1e6).toFixed(1)} MB packed; a consumer's stack has ${resources} resources`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
