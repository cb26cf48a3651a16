import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleStacks } from './example-stacks';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'examples-'));
const names = Object.keys(exampleStacks);
beforeAll(() => {
  const apps = names.map((name) => `${name}=${join(root, 'examples', name, 'app.ts')}`);
  execFileSync(join(root, 'node_modules/.bin/tsx'), [join(root, 'scripts/synthesize-apps.ts'), folder, ...apps]);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(names)('the example %s synthesizes without warnings', (name) => {
  const assembly = join(folder, name);
  const files = readdirSync(assembly);
  expect(files.filter((file) => file.endsWith('.template.json'))).toHaveLength(1);
  expect(readFileSync(join(assembly, 'manifest.json'), 'utf8')).not.toContain('aws:cdk:warning');
});

test.each(names)('the example %s says what it is about', (name) => {
  expect(readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')).toMatch(/^# .+\n\n/);
});
