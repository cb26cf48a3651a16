/**
 * The whole way on this machine: synthesizes the reference app, and runs its batch on real data sets.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ProgressView } from '../lib/local/cli/progress-view';
import { summaryLines } from '../lib/local/cli/summary-lines';
import { type LocalRunOptions, runLocally } from '../lib/local/runner/local-run';
import { ensurePythonEnvironment } from '../lib/local/sandbox/python-environment';
import { standardError, standardOutput } from '../lib/local/terminal';

const ROOT = join(__dirname, '..');
const FOLDER = join(ROOT, '.agentcore/demo');

/** Of many shapes: see examples/vega-datasets/README.md. */
const DATASETS = [
  'airports.csv',
  'barley.json',
  'birdstrikes.csv',
  'cars.json',
  'co2-concentration.csv',
  'countries.json',
  'disasters.csv',
  'driving.json',
  'earthquakes.json',
  'gapminder.json',
  'miserables.json',
  'movies.json',
  'penguins.json',
  'political-contributions.json',
  'seattle-weather.csv',
  'stocks.csv',
  'unemployment-across-industries.json',
  'weather.csv',
];

async function main(): Promise<void> {
  const view = new ProgressView(standardError);
  const python = await ensurePythonEnvironment({
    folder: join(ROOT, '.agentcore/python'),
    onProgress: (line) => view.print(line),
  });
  if ('reason' in python) {
    view.print(`No Python for the analysis (${python.reason}): running its TypeScript twin instead`);
  }
  view.print('Synthesizing the reference app');
  const assembly = join(FOLDER, 'cdk.out');
  await synthesize(assembly, 'reason' in python ? 'analysis.ts' : 'analysis.py');
  const output = join(FOLDER, 'results');
  await rm(output, { recursive: true, force: true });
  // The analysis is this project's own script: where there is no sandbox, it runs without one.
  process.env.AGENTCORE_LOCAL_UNSANDBOXED ??= 'allow';
  const options: LocalRunOptions = {
    assembly,
    inputs: datasets(),
    output,
    python: 'reason' in python ? undefined : python.python,
    progress: view,
  };
  const result = await runLocally(options);
  view.end();
  const here = { ...result, folder: relative(process.cwd(), result.folder) || '.' };
  standardOutput.lines(...(await summaryLines(here)));
  process.exitCode = result.outcome.status === 'SUCCEEDED' ? 0 : 1;
}

function datasets(): string[] {
  const folder = join(ROOT, 'node_modules/vega-datasets/data');
  return DATASETS.map((name) => join(folder, name)).filter((path) => existsSync(path));
}

/** What `npx cdk synth` does, without the CLI: the app writes its assembly to the given folder. */
async function synthesize(assembly: string, script: string): Promise<void> {
  await rm(assembly, { recursive: true, force: true });
  const app = spawn(process.execPath, [require.resolve('tsx/cli'), join(ROOT, 'bin/app.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CDK_OUTDIR: assembly, CDK_CONTEXT_JSON: JSON.stringify({ script }) },
  });
  const [code] = (await once(app, 'exit')) as [number];
  if (code !== 0) {
    throw new Error(`synthesizing the reference app failed with exit code ${code}`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`The demo could not run: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
