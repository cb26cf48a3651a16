import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AnalysisScript, BatchAnalysis, type BatchAnalysisProps, CodeInterpreter } from '../../lib';
import type { ItemResult } from '../../lib/contract/batch-item';
import { type LocalRunOptions, type LocalRunResult, runLocally } from '../../lib/local/runner/local-run';
import { python } from './python';

export const SCRIPTS = join(__dirname, '../fixtures/analyses');

/** A folder of a test's own, with a cloud assembly, inputs and results in it; gone after the test. */
export class Scratch {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'batch-test-')));
  }

  get assembly(): string {
    return join(this.folder, 'cdk.out');
  }

  get results(): string {
    return join(this.folder, 'results');
  }

  /** Synthesizes a stack with one batch of this script. */
  synthesize(script: string, props: Partial<BatchAnalysisProps> = {}): void {
    const app = new App({ outdir: this.assembly });
    const stack = new Stack(app, 'Test');
    new BatchAnalysis(stack, 'Batch', {
      interpreter: new CodeInterpreter(stack, 'Interpreter'),
      script: AnalysisScript.fromAsset(join(SCRIPTS, script)),
      itemTimeout: Duration.minutes(1),
      ...props,
    });
    app.synth();
  }

  /** Writes input files, and returns their folder. */
  async inputs(files: Record<string, string | Uint8Array>): Promise<string> {
    const folder = join(this.folder, 'inputs');
    await mkdir(folder, { recursive: true });
    await Promise.all(
      Object.entries(files).map(async ([name, content]) => {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), content);
      }),
    );
    return folder;
  }

  async run(inputs: string[], options: Partial<LocalRunOptions> = {}): Promise<LocalRunResult> {
    return runLocally({
      assembly: this.assembly,
      inputs,
      output: this.results,
      python: await python(),
      ...options,
    });
  }

  /** The lines of results.jsonl, by the item's file name. */
  async itemResults(): Promise<Map<string, ItemResult>> {
    const results = await this.itemResultsByKey();
    return new Map([...results].map(([key, result]) => [key.slice(key.lastIndexOf('/') + 1), result]));
  }

  /** The lines of results.jsonl, by the item's key. */
  async itemResultsByKey(): Promise<Map<string, ItemResult>> {
    const text = await readFile(join(this.results, 'results.jsonl'), 'utf8');
    const results = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ItemResult);
    return new Map(results.map((result) => [result.key, result]));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
