import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

describe('docs/threat-model.md', () => {
  const page = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
  const tests = [...new Set([...page.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path))];

  test.each(tests)('names a test that is there: %s', (path) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });

  test('has a test, or says that there is none, in each row', () => {
    const rows = page.split('\n').filter((line) => /^\|(?! who |---)/.test(line));
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((row) => !/\| (`test\/.+`|no test) \|$/.test(row))).toEqual([]);
  });
});
