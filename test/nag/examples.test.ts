import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleStacks } from './example-stacks';

const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.keys(exampleStacks))('the example %s synthesizes without warnings', (name) => {
  const CDK_OUTDIR = join(folder, name);
  const app = join(root, 'examples', name, 'app.ts');
  execFileSync(join(root, 'node_modules/.bin/tsx'), [app], { env: { ...process.env, CDK_OUTDIR } });
  const files = readdirSync(CDK_OUTDIR);
  expect(files.filter((file) => file.endsWith('.template.json'))).toHaveLength(1);
  expect(readFileSync(join(CDK_OUTDIR, 'manifest.json'), 'utf8')).not.toContain('aws:cdk:warning');
});

test.each(Object.keys(exampleStacks))('the example %s says what it is about', (name) => {
  expect(readFileSync(join(root, 'examples', name, 'README.md'), 'utf8')).toMatch(/^# .+\n\n/);
});
