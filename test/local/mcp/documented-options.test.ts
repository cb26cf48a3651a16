import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mcpOptions } from '../../../lib/local/mcp/mcp-options';

const PAGE = readFileSync(join(__dirname, '../../../docs/mcp.md'), 'utf8');

test('docs/mcp.md has the options of the command, and no other', () => {
  const named = [...PAGE.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([name]) => name);
  expect(new Set(named)).toEqual(new Set(mcpOptions().map(({ long }) => long)));
});

test.each(
  mcpOptions().filter(({ defaultValue }) => typeof defaultValue === 'number' || typeof defaultValue === 'string'),
)('docs/mcp.md has the default of $long: $defaultValue', ({ long, defaultValue }) => {
  const row = PAGE.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${long}`));
  expect(row?.split('|').at(-2)).toContain(String(defaultValue));
});
