import { globToRegExp } from '../../../lib/runtime/invoker/glob';

const matches = (pattern: string, path: string) => new RegExp(`^(?:${globToRegExp(pattern)})$`, 'su').test(path);

test.each([
  ['*.csv', 'a.csv', true],
  ['*.csv', 'folder/a.csv', false],
  ['*.csv', 'axcsv', false],
  ['out/*', 'out/a', true],
  ['out/*', 'out/a/b', false],
  ['out/**', 'out/a/b', true],
  ['**/*.png', 'a.png', true],
  ['**/*.png', 'a/b/c.png', true],
  ['**/*.png', 'a/b/cpng', false],
  ['?.txt', 'ü.txt', true],
  ['?.txt', '/.txt', false],
  ['a[1] (b)+{c}|$^.txt', 'a[1] (b)+{c}|$^.txt', true],
  ['a[1].txt', 'a1.txt', false],
])('%s and %s: %s', (pattern, path, expected) => {
  expect(matches(pattern, path)).toBe(expected);
});
