import { rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Lifetime } from '../lifetime';
import { RUNS_FOLDER } from '../local-folder';
import { readDeployment } from '../runner/deployment';
import { requireFolder } from '../runner/export-run';
import { findInputs } from '../runner/input-files';
import { type LocalRunResult, runLocally } from '../runner/local-run';
import { MAX_SAVED_RUNS, type SavedRun, SavedRuns } from '../runner/saved-runs';
import { readOverlay } from '../runner/script-overlay';
import { requireObjects } from '../runner/staged-files';
import { TableInUseError } from '../runner/storage/object-table';
import { standardError, standardOutput } from '../terminal';
import { inputLines } from './input-lines';
import { interruptible } from './interruptible';
import { openIfWanted } from './open-report';
import { ProgressView } from './progress-view';
import { pythonForBatch } from './python-for-batch';
import { checkRunOptions, type RunCommandOptions, runOptions } from './run-options';
import { interruptedLines, stoppedLines } from './stopped-lines';
import { summaryLines } from './summary-lines';
import { watchCommand } from './watch-command';

export function addRunCommand(root: Command): void {
  const command = root
    .command('run')
    .description('runs a batch analysis of a cloud assembly on local files')
    .argument('[inputs...]', 'files, or folders of files; each file is an item')
    .action(interruptible(runCommand));
  for (const option of runOptions()) {
    command.addOption(option);
  }
}

/**
 * Runs a batch, or goes on with a run, shows how it gets on, and prints a summary and the path of the report. The exit
 * code is 1 if the run has failed.
 */
async function runCommand(
  lifetime: Lifetime,
  inputs: string[],
  options: RunCommandOptions,
  command?: Command,
): Promise<void> {
  checkRunOptions(inputs, options);
  const { signal } = lifetime;
  const view = new ProgressView(standardError);
  lifetime.own(() => view.end());
  if (options.watch) {
    await watchCommand(inputs, options, view, signal);
    return;
  }
  const job =
    options.resume === undefined ? createRun(inputs, options, view, signal) : resumeRun(options, view, signal, command);
  await executeRun(await job, options, view, signal);
}

/** A run, and the Python that it runs on now: one that was found or made is looked for again each time. */
interface Job {
  readonly saved: SavedRun;
  readonly python?: string;
}

/** Makes the folder of a new run, once everything that it is started with is known to be there. */
async function createRun(
  inputs: string[],
  options: RunCommandOptions,
  view: ProgressView,
  signal: AbortSignal,
): Promise<Job> {
  const { app, out, script, isolation, limit, parameters } = options;
  const { settings } = readDeployment(app, options.batch);
  await findInputs(inputs, out);
  await requireFolder(out);
  requireObjects(options.object);
  if (script !== undefined) {
    readOverlay(script, settings);
  }
  const python = options.python ?? (await pythonForBatch(settings, (line) => view.print(line), signal));
  const runs = new SavedRuns(RUNS_FOLDER);
  const saved = runs.create({
    batch: settings.name,
    app: resolve(app),
    inputs: inputs.map((path) => resolve(path)),
    out: resolve(out),
    script: script === undefined ? undefined : resolve(script),
    isolation,
    python: options.python,
    request: parameters === undefined ? {} : { parameters },
    limit,
  });
  const removed = runs.prune(settings.name);
  if (removed > 0) {
    const what = removed === 1 ? '1 older run' : `${removed} older runs`;
    view.print(`Removed ${what}: ${RUNS_FOLDER} keeps the newest ${MAX_SAVED_RUNS} of a batch`);
  }
  return { saved, python };
}

/** Finds the run to go on with. What is given on the command line now takes the place of what was given then. */
async function resumeRun(
  options: RunCommandOptions,
  view: ProgressView,
  signal: AbortSignal,
  command: Command | undefined,
): Promise<Job> {
  const runs = new SavedRuns(RUNS_FOLDER);
  const saved = options.resume === true ? runs.newestUnfinished(options.batch) : runs.find(String(options.resume));
  const given = (name: keyof RunCommandOptions) => command?.getOptionValueSource(name) === 'cli';
  const job = saved.write({
    ...(given('app') ? { app: resolve(options.app) } : {}),
    ...(given('out') ? { out: resolve(options.out) } : {}),
    ...(given('isolation') ? { isolation: options.isolation } : {}),
    ...(options.script === undefined ? {} : { script: resolve(options.script) }),
    ...(options.python === undefined ? {} : { python: options.python }),
  });
  const { app, batch, python } = job.metadata;
  const { settings } = readDeployment(app, batch);
  return { saved: job, python: python ?? (await pythonForBatch(settings, (line) => view.print(line), signal)) };
}

async function executeRun(
  { saved, python }: Job,
  options: RunCommandOptions,
  view: ProgressView,
  signal: AbortSignal,
): Promise<void> {
  const resumed = options.resume !== undefined;
  const { metadata } = saved;
  let planned = false;
  try {
    const result = await runLocally({
      assembly: metadata.app,
      batch: metadata.batch,
      // A resumed run has its inputs in its storage.
      inputs: resumed ? [] : metadata.inputs,
      objects: options.object,
      output: relativeToHere(metadata.out),
      request: resumed ? { runId: metadata.runId } : metadata.request,
      name: resumed ? undefined : metadata.runId,
      script: metadata.script,
      limit: resumed ? undefined : metadata.limit,
      failFast: options.failFast,
      spreadsheet: options.spreadsheet,
      storage: saved.storage,
      python,
      isolation: metadata.isolation,
      progress: {
        inputsFound: (found) => view.printAll(inputLines(found)),
        started: (start) => {
          planned = true;
          saved.write({ status: 'unfinished' });
          view.started(start);
          view.print(`If it is stopped, go on with: npx agentcore-local run --resume ${metadata.runId}`);
        },
        itemEnded: (item) => view.itemEnded(item),
        inputsChanged: (changed) => view.print(changedInputs(changed)),
      },
      log: options.verbose ? (text) => view.printText(text) : undefined,
      signal,
    });
    view.end();
    await reportRun(saved, result, options);
  } catch (error) {
    throw error instanceof TableInUseError
      ? new Error(`run ${metadata.runId} is in use by another process: let it end, or end it`)
      : error;
  } finally {
    if (!planned && !resumed) {
      rmSync(saved.folder, { recursive: true, force: true });
    }
  }
}

async function reportRun(saved: SavedRun, result: LocalRunResult, options: RunCommandOptions): Promise<void> {
  if (result.firstFailure) {
    print(stoppedLines(result, result.firstFailure));
    process.exitCode = 1;
    return;
  }
  // Whoever stops it when it has its report has stopped nothing.
  if (result.outcome.status === 'ABORTED') {
    print(interruptedLines(result));
    return;
  }
  if (result.summary) {
    saved.write({ status: result.summary.status });
  }
  print(await summaryLines(result));
  process.exitCode = result.outcome.status === 'SUCCEEDED' ? 0 : 1;
  if (result.summary) {
    await openIfWanted(join(saved.metadata.out, 'report.html'), options.open);
  }
}

/** As people write it: the results are looked for from where they are. */
function relativeToHere(path: string): string {
  const here = relative(process.cwd(), path);
  return here.startsWith('..') ? path : here || '.';
}

function print(lines: string[]): void {
  standardOutput.lines(...lines);
}

function changedInputs(changed: { key: string; gone: boolean }[]): string {
  const shown = changed.slice(0, 5).map(({ key, gone }) => `${key} ${gone ? 'is gone' : 'has changed'}`);
  const more = changed.length > shown.length ? `, and ${changed.length - shown.length} more` : '';
  return `Since the run began, inputs have changed; they are read as they are now: ${shown.join(', ')}${more}`;
}
