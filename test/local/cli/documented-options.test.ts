import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../../../lib/local/cli/program';

const PAGE = readFileSync(join(__dirname, '../../../docs/local.md'), 'utf8');

describe('docs/local.md', () => {
  const run = program().commands.find((command) => command.name() === 'run');
  const options = (run?.options ?? []).map(({ flags, defaultValue, long }) => ({ flags, defaultValue, long }));
  const table = PAGE.slice(PAGE.indexOf('## Options'), PAGE.indexOf('## Files on disk'));

  test.each(options)('has the option $flags, with its default', ({ flags, defaultValue }) => {
    const row = table.split('\n').find((line) => line.includes(`\`${flags}\``));
    expect(row).toBeDefined();
    if (typeof defaultValue === 'string') {
      expect(row?.split('|').at(-2)?.trim()).toBe(`\`${defaultValue}\``);
    }
  });

  test('names no option that no command has', () => {
    const named = [...PAGE.matchAll(/--[a-z][a-z-]+/g)].map(([name]) => name);
    const all = program().commands.flatMap((command) => command.options.map(({ long }) => long));
    expect(named.filter((name) => !all.includes(name))).toEqual([]);
  });
});
