import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { KeyFilter } from '../../lib/runtime/batch/input/key-filter';
import { Glob } from '../../lib/runtime/glob';

const CASES: [string, string[], string[]][] = [
  ['*.csv', ['a.csv', '.csv'], ['x/a.csv', 'a.csv.gz', 'a.CSV', 'axcsv']],
  ['out/*', ['out/a'], ['out/a/b']],
  ['data**/x.csv', ['data/x.csv', 'data1/y/x.csv'], ['datax.csv']],
  ['a[1] (b)+{c}|$^.txt', ['a[1] (b)+{c}|$^.txt'], ['a1 b.txt']],
  ['*\u00e9.csv', ['caf\u00e9.csv', 'cafe\u0301.csv'], ['cafe.csv']],
  ['*e\u0301.csv', ['caf\u00e9.csv', 'cafe\u0301.csv'], ['cafe.csv']],
  ['\ud55c?.csv', ['\ud55c\uae00.csv', '\u1112\u1161\u11ab\u1100\u1173\u11af.csv'], ['\ud55c.csv']],
  ['**/*.csv', ['a.csv', 'x/a.csv', 'x/y/a.csv'], ['a.txt']],
  ['2026/**', ['2026/a', '2026/11/a'], ['2026', '2025/a']],
  ['2026/**/a.csv', ['2026/a.csv', '2026/11/a.csv'], ['2026a.csv', '2026/11a.csv']],
  ['**', ['', 'a', 'a/b'], []],
  ['a?c', ['abc', 'aäc', 'a😀c'], ['a/c', 'ac', 'abbc']],
  ['x**/y', ['x/y', 'xa/b/y'], ['xy']],
  ['[a].{b,c}', ['[a].{b,c}'], ['a.b']],
  ['a.b', ['a.b'], ['axb']],
];

test.each(CASES)('%s', (pattern, matching, others) => {
  const glob = new Glob(pattern);
  expect(matching.filter((key) => !glob.matches(key))).toEqual([]);
  expect(others.filter((key) => glob.matches(key))).toEqual([]);
});

test("the expression for sessions fits the same, in Python's eyes", () => {
  const program = `
import json, re, sys, unicodedata
print(json.dumps([bool(re.fullmatch(expression, unicodedata.normalize("NFC", key), re.DOTALL)) for expression, key in json.load(sys.stdin)]))
`;
  const pairs = CASES.flatMap(([pattern, matching, others]) =>
    [...matching, ...others].map((key) => [pattern, key] as const),
  );
  const input = JSON.stringify(pairs.map(([pattern, key]) => [new Glob(pattern).expression, key]));
  const answers = JSON.parse(execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }));
  expect(answers).toEqual(pairs.map(([pattern, key]) => new Glob(pattern).matches(key)));
});

test('any pattern fits what the regular expression of the same meaning fits', () => {
  const piece = fc.constantFrom('**/', '/**/', '**', '*', '?', '/', 'a', 'b', '.');
  const patterns = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(''));
  const keys = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 10 });
  fc.assert(
    fc.property(patterns, keys, (pattern, key) => {
      const glob = new Glob(pattern);
      expect(glob.matches(key)).toBe(new RegExp(`^(?:${meaningOf(pattern)})$`, 'su').test(key));
      expect(glob.matches(key)).toBe(new RegExp(`^(?:${glob.expression})$`, 'su').test(key));
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
  expect(new Glob(`${'**/*a'.repeat(12)}b`).matches(`${'a/'.repeat(500)}`)).toBe(false);
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
