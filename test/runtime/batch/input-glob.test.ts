import fc from 'fast-check';
import { Glob } from '../../../lib/runtime/batch/input/glob';
import { KeyFilter } from '../../../lib/runtime/batch/input/key-filter';

test.each([
  ['*.csv', ['a.csv', '.csv'], ['x/a.csv', 'a.csv.gz', 'a.CSV']],
  ['**/*.csv', ['a.csv', 'x/a.csv', 'x/y/a.csv'], ['a.txt']],
  ['2026/**', ['2026/a', '2026/11/a'], ['2026', '2025/a']],
  ['2026/**/a.csv', ['2026/a.csv', '2026/11/a.csv'], ['2026a.csv', '2026/11a.csv']],
  ['**', ['', 'a', 'a/b'], []],
  ['a?c', ['abc', 'aäc', 'a😀c'], ['a/c', 'ac', 'abbc']],
  ['x**/y', ['x/y', 'xa/b/y'], ['xy']],
  ['[a].{b,c}', ['[a].{b,c}'], ['a.b']],
  ['a.b', ['a.b'], ['axb']],
])('%s', (pattern, fitting, others) => {
  const glob = new Glob(pattern);
  expect(fitting.filter((key) => !glob.fits(key))).toEqual([]);
  expect(others.filter((key) => glob.fits(key))).toEqual([]);
});

test('any pattern fits what the regular expression of the same meaning fits', () => {
  const piece = fc.constantFrom('**/', '/**/', '**', '*', '?', '/', 'a', 'b', '.');
  const patterns = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''));
  const keys = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 10 });
  fc.assert(
    fc.property(patterns, keys, (pattern, key) => {
      expect(new Glob(pattern).fits(key)).toBe(new RegExp(`^(?:${meaningOf(pattern)})$`, 'su').test(key));
    }),
    { numRuns: 5_000 },
  );
});

function meaningOf(pattern: string): string {
  return pattern.replace(/(?<=^|\/)\*\*\/|\*\*|\*|\?|\./g, (token) => {
    const meanings: Record<string, string> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '.': '\\.' };
    return meanings[token] ?? token;
  });
}

test('a pattern that takes a regular expression forever', () => {
  expect(new Glob(`${'**/*a'.repeat(12)}b`).fits(`${'a/'.repeat(500)}`)).toBe(false);
});

test('a key is an item if it has an ending, fits an include, and fits no exclude', () => {
  const filter = new KeyFilter({
    kind: 'prefix',
    prefix: 'incoming/',
    keys: [],
    suffixes: ['.csv', '.tsv'],
    include: ['2025/**', '2026/**'],
    exclude: ['**/draft-*', '2026/test/**'],
  });
  const keys = [
    '2025/a.csv',
    '2026/x/b.tsv',
    '2024/a.csv',
    '2026/a.txt',
    '2026/draft-a.csv',
    '2026/test/a.csv',
    '2026/x/',
  ];
  expect(keys.filter((key) => filter.takes(`incoming/${key}`))).toEqual(['2025/a.csv', '2026/x/b.tsv']);
  expect(filter.words).toBe(
    'object ending in .csv or .tsv, fitting 2025/** or 2026/**, not fitting **/draft-* or 2026/test/**',
  );
});
