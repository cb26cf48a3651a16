import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../../../lib/local/cli/program';

const PAGE = readFileSync(join(__dirname, '../../../docs/local.md'), 'utf8');

describe('docs/local.md', () => {
  const run = program().commands.find((command) => command.name() === 'run');
  const options = (run?.options ?? []).map(({ flags, defaultValue, long }) => ({ flags, defaultValue, long }));
  const table = PAGE.slice(PAGE.indexOf('## Options'), PAGE.indexOf('## What is kept where'));

  test.each(options)('has the option $flags, with its default', ({ flags, defaultValue }) => {
    const row = table.split('\n').find((line) => line.includes(`\`${flags}\``));
    expect(row).toBeDefined();
    if (typeof defaultValue === 'string') {
      expect(row?.split('|').at(-2)?.trim()).toBe(`\`${defaultValue}\``);
    }
  });

  test('has no option that there is not', () => {
    const named = [...PAGE.matchAll(/--[a-z][a-z-]+/g)].map(([name]) => name);
    expect(new Set(named)).toEqual(new Set(options.map(({ long }) => long)));
  });
});
