/** @needs Python */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { TwoStagesStack } from '../../examples/two-stages/stack';
import { Scratch } from '../support/local-batch';

const DATA = join(__dirname, '../../examples/two-stages/data');

/** The surveys, read without the example's scripts. */
const people = readdirSync(DATA).flatMap((file) =>
  readFileSync(join(DATA, file), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')),
);

function count(fits: (person: string[]) => boolean): number {
  return people.filter(fits).length;
}

test('the example answers its question over all surveys', async () => {
  const scratch = await Scratch.make();
  try {
    const app = new App({ outdir: scratch.assembly });
    new TwoStagesStack(app, 'TwoStages');
    app.synth();
    const { summary } = await scratch.run([DATA]);
    expect(summary?.message).toBe('all 4 items succeeded');
    const { row, files, stdout } = summary?.combined ?? {};
    const animals = [...new Set(people.map((person) => person[3] ?? ''))].filter((animal) => animal !== 'dragon');
    const favourite = animals.sort(
      (a, b) => count((person) => person[3] === b) - count((person) => person[3] === a),
    )[0];
    expect(row).toEqual({
      cities: 4,
      people: people.length,
      favourite,
      found: count(([name, , , animal]) => name === 'Kimberly' && animal === 'crocodile'),
    });
    expect(files?.map(({ path }) => path)).toEqual(['animals.csv', 'figure-1.png', 'result.json']);
    expect(stdout?.excerpt).toContain('are called Kimberly and like the crocodile best');
  } finally {
    await scratch.remove();
  }
});
