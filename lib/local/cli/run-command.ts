import { join } from 'node:path';
import type { JsonObject } from '../../contract/json';
import { readDeployment } from '../runner/deployment';
import { runLocally } from '../runner/local-run';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { LOCAL_FOLDER } from './local-folder';
import { ProgressView } from './progress-view';
import { summaryLines } from './summary-lines';

/** What the options of `agentcore-local run` are parsed into. */
export interface RunCommandOptions {
  readonly app: string;
  readonly batch?: string;
  readonly out: string;
  readonly parameters?: JsonObject;
  readonly isolation: 'auto' | 'require' | 'off';
  readonly python?: string;
  readonly verbose: boolean;
}

/**
 * Runs a batch, shows how it gets on, and prints a summary and the path of the report. The exit code is 1 if the run
 * has failed.
 */
export async function runCommand(inputs: string[], options: RunCommandOptions): Promise<void> {
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const view = new ProgressView(process.stderr);
  try {
    const result = await runLocally({
      assembly: options.app,
      batch: options.batch,
      inputs,
      output: options.out,
      request: options.parameters ? { parameters: options.parameters } : {},
      python: options.python ?? (await pythonFor(options, view)),
      isolation: options.isolation,
      progress: view,
      log: options.verbose ? (line) => view.print(line) : undefined,
      signal: stopped.signal,
    });
    view.end();
    for (const line of await summaryLines(result)) {
      process.stdout.write(`${line}\n`);
    }
    process.exitCode = result.outcome.status === 'SUCCEEDED' ? 0 : 1;
  } finally {
    view.end();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** A batch in JavaScript or TypeScript needs no Python. */
async function pythonFor(options: RunCommandOptions, view: ProgressView): Promise<string | undefined> {
  const { settings } = readDeployment(options.app, options.batch);
  if (settings.script.language !== 'python') {
    return undefined;
  }
  const environment = await ensurePythonEnvironment({
    folder: join(LOCAL_FOLDER, 'python'),
    onProgress: (line) => view.print(line),
  });
  if ('reason' in environment) {
    throw new Error(`batch ${settings.name} needs Python: ${environment.reason}`);
  }
  return environment.python;
}
