import { join } from 'node:path';
import { BatchRun } from '../runner/batch-run';
import { type BatchDeployment, readDeployment } from '../runner/deployment';
import { requireFolder } from '../runner/export-run';
import { FileWatch } from '../runner/file-watch';
import { findInputs } from '../runner/input-files';
import { LocalEnvironment } from '../runner/local-environment';
import type { LocalRunResult } from '../runner/local-run';
import { checkRequirements } from '../runner/run-requirements';
import { findScriptSource } from '../runner/script-source';
import { stageFiles } from '../runner/staged-files';
import { standardOutput } from '../terminal';
import { inputLines } from './input-lines';
import { openIfWanted } from './open-report';
import type { ProgressView } from './progress-view';
import { pythonForBatch } from './python-for-batch';
import type { RunCommandOptions } from './run-options';
import { stoppedLines } from './stopped-lines';
import { summaryLines } from './summary-lines';

/** More inputs than this are not looked at again and again. */
const WATCHED_INPUTS = 1_000;

/**
 * Runs a batch whenever something that it is made of changes, until it is stopped. The emulator, a ready session and
 * the Python environment are kept from one run to the next; the runs are not.
 */
export async function watchCommand(
  inputs: string[],
  options: RunCommandOptions,
  view: ProgressView,
  signal: AbortSignal,
): Promise<void> {
  const watch = new Watch(inputs, options, view, signal);
  await watch.run();
}

class Watch {
  private environment: LocalEnvironment | undefined;
  private python: string | undefined;
  private rounds = 0;

  constructor(
    private readonly inputs: string[],
    private readonly options: RunCommandOptions,
    private readonly view: ProgressView,
    private readonly signal: AbortSignal,
  ) {}

  async run(): Promise<void> {
    // What is wrong at the beginning ends it; later on, it is shown, and the next change tries again.
    let deployment = readDeployment(this.options.app, this.options.batch);
    this.view.printAll(inputLines(await findInputs(this.inputs, this.options.out)));
    await requireFolder(this.options.out);
    this.python =
      this.options.python ?? (await pythonForBatch(deployment.settings, (line) => this.view.print(line), this.signal));
    const script = await this.chooseScript(deployment);
    await checkRequirements(deployment, { python: this.python, script });
    const watched = new FileWatch(() => this.files(script));
    try {
      await watched.look();
      while (!this.signal.aborted) {
        const change = watched.next(this.signal);
        await this.tryRound(deployment, script, change);
        const changed = await change;
        if (changed.length > 0) {
          deployment = await this.afterChange(changed, deployment);
        }
      }
    } finally {
      await this.environment?.close();
    }
  }

  /** One run; a change while it is under way ends it. */
  private async tryRound(deployment: BatchDeployment, script: string | undefined, change: Promise<string[]>) {
    const overtaken = new AbortController();
    void change.then(() => overtaken.abort());
    try {
      const began = Date.now();
      const result = await this.round(deployment, script, AbortSignal.any([overtaken.signal, this.signal]));
      this.view.end();
      if (!overtaken.signal.aborted || result.firstFailure) {
        await this.show(result, (Date.now() - began) / 1000);
      }
    } catch (error) {
      this.view.end();
      this.view.printText(`✗ ${error instanceof Error ? error.message : error}`);
    }
    if (!overtaken.signal.aborted && !this.signal.aborted) {
      this.view.print('Waiting for changes; Ctrl-C ends it');
    }
  }

  private async round(deployment: BatchDeployment, script: string | undefined, signal: AbortSignal) {
    const { python, options, view } = this;
    const { isolation, verbose } = options;
    const log = verbose ? (text: string) => view.printText(text) : undefined;
    this.environment ??= await LocalEnvironment.open(deployment, {
      ...{ python, isolation, log, emulator: { poolSize: 1 } },
      // The next round uses it too: only the end of all of them ends it.
      signal: this.signal,
    });
    const { storage } = this.environment;
    storage.removeAll(deployment.bucket, '');
    await stageFiles(storage, deployment, { inputs: this.inputs, output: options.out, objects: options.object });
    const { out: output, limit, failFast, spreadsheet, parameters } = options;
    const request = parameters === undefined ? {} : { parameters };
    const run = new BatchRun(this.environment, {
      output,
      request,
      script,
      limit,
      failFast,
      spreadsheet,
      progress: view,
      signal,
    });
    try {
      return await run.run();
    } finally {
      // A worker keeps the script that it has read.
      await this.environment.renewLambdas();
    }
  }

  private async show(result: LocalRunResult, seconds: number): Promise<void> {
    const lines = result.firstFailure ? stoppedLines(result, result.firstFailure, false) : await summaryLines(result);
    standardOutput.lines(...lines, `  Took ${seconds.toFixed(1)} s altogether`);
    if (result.summary && this.rounds++ === 0) {
      await openIfWanted(join(result.folder, 'report.html'), this.options.open);
    }
  }

  private async afterChange(changed: string[], deployment: BatchDeployment): Promise<BatchDeployment> {
    const shown =
      changed.length > 3 ? `${changed.slice(0, 3).join(', ')} and ${changed.length - 3} more` : changed.join(', ');
    this.view.print('');
    this.view.print(`── ${new Date().toTimeString().slice(0, 8)}  ${shown} changed ──`);
    if (!changed.includes(join(this.options.app, 'manifest.json'))) {
      return deployment;
    }
    try {
      const fresh = readDeployment(this.options.app, this.options.batch);
      await this.environment?.close();
      this.environment = undefined;
      return fresh;
    } catch (error) {
      this.view.printText(`✗ ${(error as Error).message}`);
      return deployment;
    }
  }

  private async chooseScript(deployment: BatchDeployment): Promise<string | undefined> {
    const { name } = deployment.settings.script;
    const found = this.options.script === undefined ? await findScriptSource(deployment) : [this.options.script];
    const [script] = found;
    if (found.length === 1) {
      this.view.print(`Watching ${script}, the inputs and ${this.options.app}; Ctrl-C ends it`);
      return script;
    }
    const why = found.length === 0 ? 'was not found' : `may be any of ${found.join(', ')}`;
    this.view.print(
      `Watching the inputs and ${this.options.app}; Ctrl-C ends it. The source of ${name} ${why}: name it with --script to have it watched`,
    );
    return undefined;
  }

  /** All that is looked at. */
  private async files(script: string | undefined): Promise<string[]> {
    const { app } = this.options;
    const { files: inputs } = await findInputs(this.inputs, this.options.out).catch(() => ({ files: [] }));
    return [
      ...(script === undefined ? [] : [script]),
      join(app, 'manifest.json'),
      ...(inputs.length > WATCHED_INPUTS ? [] : inputs.map(({ path }) => path)),
    ];
  }
}
