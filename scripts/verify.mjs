// Everything that CI checks, in one command, with one line for each check and the output of those that fail.
//   npm run verify                all of it
//   npm run verify -- --no-tests  what is not a test
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const checks = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings'] },
  { name: 'types', command: ['npm', 'run', '--silent', 'types'] },
  { name: 'import arrows', command: ['depcruise', '--no-progress', 'lib', 'bin'] },
  { name: 'published package (jsii, bundles)', command: ['npm', 'run', '--silent', 'build'] },
  { name: 'both packages, installed into empty projects', command: ['node', 'scripts/check-packages.mjs'] },
  { name: 'a Python app of the package that jsii makes', command: ['node', 'scripts/check-python-package.mjs'] },
  { name: 'generated files are current', command: ['npm', 'run', '--silent', 'generate', '--', '--check'] },
  { name: 'templates: cfn-lint, checkov', command: ['node', 'scripts/check-templates.mjs'] },
  { name: 'tests', command: ['jest', '--ci'], isTest: true },
];

/** Runs one check; resolves to whether it passed. Output is shown when it failed, or when the check left things out. */
function run({ name, command: [program, ...args] }) {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
      const notes = output.split('\n').filter((line) => line.includes('left out'));
      console.log(code === 0 ? notes.map((line) => `    ${line}\n`).join('') : output);
      resolve(code === 0);
    });
  });
}

const skipTests = process.argv.includes('--no-tests');
const wanted = checks.filter(({ isTest }) => !(skipTests && isTest));
let failed = 0;
for (const check of wanted) {
  failed += (await run(check)) ? 0 : 1;
}
console.log(failed === 0 ? `all ${wanted.length} checks passed` : `${failed} of ${wanted.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
