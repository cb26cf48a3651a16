// Runs all tests and measures which lines of lib/ they reach: fails if it is less than coverage.json, the floor, has.
//   npm run coverage              measures and compares
//   npm run coverage -- --raise   makes today's figures the floor; a floor is lowered by hand only, with a reason
// Bundles that run in Lambda's stead, sessions and pages are other programs, which this does not see: the figure is a lower
// bound.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const floorFile = join(root, 'coverage.json');
const raise = process.argv.includes('--raise');
const jestArguments = process.argv.slice(2).filter((argument) => argument !== '--raise');

if (raise && jestArguments.length > 0) {
  throw new Error(`the floor is that of all tests: leave out ${jestArguments.join(' ')}`);
}

const { status } = spawnSync(
  'jest',
  [
    '--coverage',
    // Files that no test loads count, too.
    '--roots=<rootDir>/test',
    '--roots=<rootDir>/lib',
    '--collectCoverageFrom=lib/**/*.ts',
    '--coverageReporters=json-summary',
    '--coverageReporters=text-summary',
    '--coverageReporters=html',
    ...jestArguments,
  ],
  { cwd: root, stdio: 'inherit' },
);

const { total } = JSON.parse(readFileSync(join(root, 'coverage/coverage-summary.json'), 'utf8'));
const floor = JSON.parse(readFileSync(floorFile, 'utf8'));
const reached = Object.fromEntries(Object.keys(floor).map((name) => [name, Math.floor(total[name].pct * 10) / 10]));
const lower = Object.keys(floor).filter((name) => reached[name] < floor[name]);
for (const name of lower) {
  console.error(`coverage of ${name} is ${reached[name]} %, below the floor of ${floor[name]} % in coverage.json`);
}
if (raise && status === 0 && lower.length === 0) {
  writeFileSync(floorFile, `${JSON.stringify(reached, null, 2)}\n`);
}
process.exitCode = status === 0 && lower.length === 0 ? 0 : 1;
