import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const exported = [...readFileSync(join(root, 'lib/constructs/index.ts'), 'utf8').matchAll(/\{([^}]+)\}/g)].flatMap(
  ([, names = '']) => names.split(',').map((name) => name.replace('type ', '').trim()),
);
const reviewed = readFileSync(join(root, 'docs/api-review.md'), 'utf8');

test('every public type is in the review', () => {
  const names = exported.filter((name) => name !== '');
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !new RegExp(`\`${name}[\`.]`).test(reviewed))).toEqual([]);
});
