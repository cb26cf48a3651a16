import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { AgentWorld } from '../support/agent-world';

const EXAMPLE = join(__dirname, '../../examples/analyst-agent');

const people = execFileSync(process.execPath, [join(EXAMPLE, 'make-people.mjs'), '2000']).toString();
const rows = parse(people, { columns: true, cast: true }) as Record<string, string | number>[];

let world: AgentWorld;
beforeAll(async () => {
  world = await AgentWorld.open({
    model: `script:${join(EXAMPLE, 'questions.script.json')}`,
    dataPrefix: 'incoming/people/',
  });
  await world.put('incoming/people/people.csv', people);
});
afterAll(() => world.close());

test('the people are the same each time', () => {
  expect(execFileSync(process.execPath, [join(EXAMPLE, 'make-people.mjs'), '2000']).toString()).toBe(people);
});

test('how many people called Kimberly have Crocodile as their favourite animal', async () => {
  const count = rows.filter((row) => row['First Name'] === 'Kimberly' && row['Favorite Animal'] === 'Crocodile').length;
  expect(count).toBeGreaterThan(5);
  const { answer } = await world.ask(
    'How many people with the first name Kimberly have Crocodile as their favourite animal?',
  );
  expect(answer).toMatch(new RegExp(`count ${count}$`));
});

test('exploratory analysis: distributions, outliers, a chart', async () => {
  const { answer, files } = await world.ask(
    'Load the data and perform exploratory data analysis: distributions and outliers.',
  );
  expect(answer).toContain('rows 2000');
  for (const name of ['First Name', 'City', 'Favorite Animal']) {
    expect(answer).toContain(name);
  }
  expect(answer).toContain(`outliers Income ${outliers(rows.map(({ Income }) => Number(Income)))}`);
  expect(files).toMatchObject([{ path: 'distributions.png', contentType: 'image/png' }]);
  expect((await world.read(files[0]?.uri ?? '')).subarray(1, 4).toString()).toBe('PNG');
});

/** Beyond one and a half times the distance of the quartiles, which are interpolated as pandas does. */
function outliers(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const quantile = (share: number) => {
    const place = (sorted.length - 1) * share;
    const below = sorted[Math.floor(place)] ?? 0;
    return below + (place % 1) * ((sorted[Math.ceil(place)] ?? 0) - below);
  };
  const [first, third] = [quantile(0.25), quantile(0.75)];
  const reach = 1.5 * (third - first);
  return sorted.filter((value) => value < first - reach || value > third + reach).length;
}
