import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { python } from '../../support/python';
import { describeWith } from '../../support/requirements';

const run = promisify(execFile);
const root = join(__dirname, '../../..');
const scripts = join(root, 'examples/vega-datasets');
const data = join(root, 'node_modules/vega-datasets/data');

interface Interpreter {
  readonly command: string;
  readonly args: string[];
}

const deno: Interpreter = {
  command: join(root, 'node_modules/.bin/deno'),
  args: ['run', '--no-remote', '--no-prompt', '--allow-read=.', '--allow-write=.', join(scripts, 'analysis.ts')],
};

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Record<string, Buffer>;
  readonly row: Record<string, unknown>;
}

/** Runs a script as the batch does: in the item's own folder, with its input and item.json. */
async function analyse(
  script: Interpreter,
  input: { path: string } | { name: string; content: string | Buffer },
): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'analysis-'));
  try {
    const name = 'path' in input ? basename(input.path) : input.name;
    if ('path' in input) {
      await copyFile(input.path, join(folder, name));
    } else {
      await writeFile(join(folder, name), input.content);
    }
    await writeFile(
      join(folder, 'item.json'),
      JSON.stringify({ id: 'x', input: name, parameters: {}, output: 'output' }),
    );
    await mkdir(join(folder, 'output'));
    const env = { ...process.env, NO_COLOR: '1', PYTHONWARNINGS: 'default' };
    const { stdout, stderr } = await run(script.command, script.args, { cwd: folder, env });
    const names = await readdir(join(folder, 'output'));
    const entries = names.map(async (file) => [file, await readFile(join(folder, 'output', file))] as const);
    const files = Object.fromEntries(await Promise.all(entries));
    return { stdout, stderr, files, row: JSON.parse(String(files['result.json'])) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const typeScript = async (): Promise<Interpreter> => deno;
const pythonScript = async (): Promise<Interpreter> => ({
  command: await python(),
  args: [join(scripts, 'analysis.py')],
});

describe('analysis.ts', () => explores(typeScript, '.svg'));
describeWith('Python', 'analysis.py', () => explores(pythonScript, '.png'));

function explores(script: () => Promise<Interpreter>, image: string): void {
  test('explores a table of records', async () => {
    const { stdout, stderr, files, row } = await analyse(await script(), { path: join(data, 'cars.json') });
    expect(stderr).toBe('');
    expect(row).toEqual({
      rows: 406,
      columns: 9,
      numeric_columns: 6,
      missing_percent: 0.38,
      outliers: 15,
      strongest_correlation: 0.952,
      correlated_columns: 'Cylinders / Displacement',
      duplicate_rows: 0,
      first_time: '1970-01-01',
      last_time: '1982-01-01',
      format: 'JSON records',
    });
    expect(
      Object.keys(files)
        .filter((file) => file.endsWith(image))
        .sort(),
    ).toEqual(
      ['1-distributions', '2-correlations', '3-over-time', '4-categories', '5-completeness'].map(
        (chart) => chart + image,
      ),
    );
    for (const part of [
      '406 rows, 9 columns',
      '8 (2.0%)',
      'Distributions',
      'Outliers',
      'Strongest correlations',
      'most frequent of 3',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  test.each([
    ['stocks.csv', { rows: 560, columns: 3, numeric_columns: 1, first_time: '2000-01-01', last_time: '2010-03-01' }],
    ['unemployment.tsv', { rows: 3218, columns: 2, numeric_columns: 1, format: 'TSV' }],
    ['earthquakes.json', { rows: 1707, format: 'GeoJSON properties' }],
    ['miserables.json', { rows: 254, columns: 3, format: 'JSON, the list “links”' }],
    ['barley.json', { rows: 120, numeric_columns: 1, first_time: '1931', last_time: '1932' }],
  ])('knows the shape of %s', async (file, expected) => {
    const { row, files } = await analyse(await script(), { path: join(data, file) });
    expect(row).toMatchObject(expected);
    expect(Object.keys(files).filter((name) => name.endsWith(image)).length).toBeGreaterThanOrEqual(2);
  });

  test('reads quoted fields with commas, quotes and line breaks', async () => {
    const content = 'name,size\n"a, ""b""\nc",1\nd,2\n';
    const { row } = await analyse(await script(), { name: 'quoted.csv', content });
    expect(row).toMatchObject({ rows: 2, columns: 2, numeric_columns: 1 });
  });

  test.each([
    ['7zip.csv', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'), /7zip\.csv is a .*, not a table: expected a CSV/],
    [
      'story.csv',
      'It was dark, and stormy\nand the rain fell in torrents; a gust\ncame\n',
      /story\.csv is no table: row 2 has 1 fields where the first has 2/,
    ],
    [
      'prose.csv',
      'Once upon a time there was a table with no columns\nand nobody could analyse what was in it at all\n',
      /prose\.csv reads like prose/,
    ],
    ['empty.csv', '', /empty\.csv is empty/],
    ['header.csv', 'a,b\n', /header\.csv has a header but no rows/],
    ['map.json', '{"type":"Topology","objects":{"land":{}}}', /map\.json is a TopoJSON map/],
    ['broken.json', '{"a":', /broken\.json is no valid JSON/],
    [
      'settings.json',
      '{"a":1,"b":"c"}',
      /settings\.json is one JSON object \(a, b\), not a table: expected a list of records/,
    ],
  ])('says in one sentence why %s is no table', async (name, content, message) => {
    const failure = await analyse(await script(), { name, content }).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(failure).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  });
}
