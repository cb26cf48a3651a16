// Gives both packages the next version, and closes the changelog's section of it: they are released together, from one
// changelog.   npm run set-version -- 0.2.0
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [version] = process.argv.slice(2);
const changelog = join(root, 'CHANGELOG.md');
const text = readFileSync(changelog, 'utf8');
const heading = `## ${version} - unreleased`;

if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) {
  fail('give a version, such as 0.2.0');
}
if (!text.includes(`${heading}\n`)) {
  fail(`CHANGELOG.md has no section "${heading}": a release needs one, with what has changed`);
}
for (const folder of ['.', 'packages/agentcore-local']) {
  const file = join(root, folder, 'package.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"version": "[^"]*"/, `"version": "${version}"`));
}
writeFileSync(changelog, text.replace(heading, `## ${version} - ${new Date().toISOString().slice(0, 10)}`));
execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], { cwd: root, stdio: 'inherit' });

function fail(message) {
  console.error(message);
  process.exit(1);
}
