import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const constructs = JSON.parse(read('package.json'));
const local = JSON.parse(read('packages/agentcore-local/package.json'));

test('both packages have one version, of which the changelog has a section first', () => {
  expect(local.version).toBe(constructs.version);
  expect(/^## (\S+) - (unreleased|\d{4}-\d\d-\d\d)$/m.exec(read('CHANGELOG.md'))?.[1]).toBe(constructs.version);
});

test('neither package installs others', () => {
  expect([constructs.dependencies, local.dependencies]).toEqual([undefined, undefined]);
});

test('the package of the constructs has no part of agentcore-local', () => {
  expect(constructs).not.toHaveProperty('bin');
  expect(constructs.files.filter((path: string) => /local|packages/.test(path))).toEqual([]);
});
