import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentOptions } from '../../../lib/local/agent/agent-options';

const PAGE = readFileSync(join(__dirname, '../../../docs/analyst-agent.md'), 'utf8');

test('docs/analyst-agent.md has the options of the command, and no other', () => {
  const named = [...PAGE.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([name]) => name);
  expect(new Set(named)).toEqual(new Set(agentOptions().map(({ long }) => long)));
});

test.each(
  agentOptions().filter(({ defaultValue }) => typeof defaultValue === 'number' || typeof defaultValue === 'string'),
)('docs/analyst-agent.md has the default of $long: $defaultValue', ({ long, defaultValue }) => {
  const row = PAGE.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${long}`));
  expect(row?.split('|').at(-2)).toContain(String(defaultValue));
});
