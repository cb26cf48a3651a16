import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { python } from '../support/python';
import { pythonWith } from '../support/python-packages';
import { describeWith } from '../support/requirements';

const run = promisify(execFile);
const ROOT = join(__dirname, '../..');
const DATASETS = join(ROOT, 'node_modules/vega-datasets/data');
const VEGA = join(ROOT, 'examples/vega-datasets/analysis.py');
const TWO_STAGES = join(ROOT, 'examples/two-stages');

/** What published sessions of the service had at other times than the versions that local sessions have by default. */
const OTHER_VERSIONS = {
  'pandas 1.5, as in August 2025': ['numpy==1.26.4', 'pandas==1.5.3', 'matplotlib==3.9.0', 'openpyxl', 'pyparsing<3.3'],
  'the newest pandas': ['pandas>=3', 'matplotlib>=3.11', 'openpyxl'],
};

/** One script on one file, as the batch runs it, or the combining script of an example. */
interface Case {
  readonly name: string;
  readonly script: string;
  readonly input: string;
  readonly parameters?: Record<string, unknown>;
}

const PEOPLE = { firstName: 'Kimberly', animal: 'Crocodile' };
const CASES: readonly Case[] = [
  ...['cars.json', 'ohlc.json'].map((name) => ({
    name: `analysis of ${name}`,
    script: VEGA,
    input: join(DATASETS, name),
  })),
  {
    name: 'first of two stages',
    script: join(TWO_STAGES, 'analysis.py'),
    input: join(TWO_STAGES, 'data/basel.csv'),
    parameters: PEOPLE,
  },
];

/** Runs a script in a folder of its own, without warnings about what will change; returns its row. */
async function rowOf(interpreter: string, { script, input, parameters = {} }: Case): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'versions-'));
  try {
    await mkdir(join(folder, 'output'));
    await cp(join(TWO_STAGES, 'setup'), join(folder, 'shared'), { recursive: true });
    const name = basename(input);
    await copyFile(input, join(folder, name));
    const item = { id: 'x', input: name, parameters, output: 'output', shared: join(folder, 'shared') };
    await writeFile(join(folder, 'item.json'), JSON.stringify(item));
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      MPLBACKEND: 'Agg',
      PYTHONWARNINGS: 'default,ignore::ResourceWarning',
    };
    const { stderr } = await run(interpreter, [script], { cwd: folder, env });
    expect(stderr.replace(/^.*building the font cache.*\n/m, '')).toBe('');
    return JSON.parse(await readFile(join(folder, 'output/result.json'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describeWith('PyPI', 'the Python examples come to the same rows, without a warning', () => {
  describe.each(Object.entries(OTHER_VERSIONS))('with %s', (name, packages) => {
    let other: string;

    beforeAll(async () => {
      other = await pythonWith(`versions-${name.replace(/\W+/g, '-')}`, packages);
    }, 300_000);

    test.each(CASES)('$name', async (each) => {
      const [here, there] = await Promise.all([rowOf(await python(), each), rowOf(other, each)]);
      expect(there).toEqual(here);
    });
  });
});
