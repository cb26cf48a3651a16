import { basename } from 'node:path';
import type { BatchRequest, Plan, ReportResponse, RunSummary } from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';
import { ErrorName } from '../../contract/errors';
import type { JsonValue } from '../../contract/json';
import { RunLayout, runsPrefix } from '../../contract/layout';
import { failureReason } from '../../runtime/failure-reason';
import { ObjectStore } from '../../runtime/staging/object-store';
import { shapeOf } from './aws-estimate';
import { exportRun } from './export-run';
import { explainFullDisk } from './full-disk';
import { limitRequest } from './limited-plan';
import type { LocalEnvironment } from './local-environment';
import type { LocalRunResult, RunOptions } from './local-run-contract';
import { readOverlay } from './script-overlay';
import { writeSpreadsheet } from './spreadsheet';
import { execute, newExecution, redrive } from './states/execution';
import type { ExecutionOutcome, ExecutionServices } from './states/services';

const REFUSALS: ReadonlySet<string> = new Set([ErrorName.invalidInput, ErrorName.invalidRequest]);
const ITEM_RESULT = /\/items\/[^/]+\/result\.json$/;

/** One execution of the batch's state machine in a environment. */
export class BatchRun {
  private readonly name: string;
  private readonly stopped = new AbortController();
  private readonly signal: AbortSignal;
  private itemsEnded = 0;
  private plan: Plan | undefined;
  private firstFailure: ItemResult | undefined;
  private writeError: unknown;

  constructor(
    private readonly environment: LocalEnvironment,
    private readonly options: RunOptions,
  ) {
    this.name = options.name ?? runName();
    this.signal = AbortSignal.any([this.stopped.signal, ...(options.signal ? [options.signal] : [])]);
  }

  async run(): Promise<LocalRunResult> {
    const { deployment, emulator, storage } = this.environment;
    this.overlayScript();
    const sessionsBefore = emulator.sessions().length;
    this.environment.onPut((bucket, key) => this.objectWritten(bucket, key));
    storage.onWriteError = (error) => {
      this.writeError ??= error;
      this.stopped.abort();
    };
    const { request, of } = await this.request();
    const outcome = await this.execute(request, of);
    if (this.signal.aborted) {
      this.environment.crashLambdas();
      await this.environment.stopSessions();
    }
    if (this.writeError !== undefined) {
      throw explainFullDisk(this.writeError, this.environment.storageFolder);
    }
    const runId = (outcome.output as ReportResponse | undefined)?.runId ?? request.runId ?? this.name;
    const layout = new RunLayout(deployment.settings.name, runId);
    const reason = await this.reason(outcome, layout);
    await exportRun(storage, deployment.bucket, layout, this.options.output).catch((error: unknown) => {
      throw explainFullDisk(error, this.options.output);
    });
    const summary = this.summary(outcome, layout);
    if (this.options.spreadsheet && summary) {
      await writeSpreadsheet(this.options.output);
    }
    return {
      runId,
      outcome: { ...outcome, cause: reason },
      summary,
      folder: this.options.output,
      items: this.plan ? { planned: this.plan.total, toDo: this.plan.pending, ended: this.itemsEnded, of } : undefined,
      firstFailure: this.firstFailure,
      sessionsLeft: this.environment.sessionsOpen(),
      sessionsStarted: emulator.sessions().length - sessionsBefore,
      invocations: emulator.history.invocations().length,
      shape: shapeOf(deployment),
    };
  }

  /** Nothing for a run that never had a plan or was stopped: there may be one from before. */
  private summary(outcome: ExecutionOutcome, layout: RunLayout): RunSummary | undefined {
    const { storage, deployment } = this.environment;
    return this.plan && outcome.status !== 'ABORTED'
      ? storage.json<RunSummary>(deployment.bucket, layout.summary)
      : undefined;
  }

  /** What a Lambda throws says where its message is; people who run a batch here are to read the message. */
  private async reason({ cause }: ExecutionOutcome, layout: RunLayout): Promise<string | undefined> {
    const { bucket, settings } = this.environment.deployment;
    const reason = await failureReason(
      cause,
      new ObjectStore(bucket, this.environment.s3.client),
      runsPrefix(settings.name),
    );
    // The bucket is nowhere that people could look.
    return reason
      ?.replaceAll(`s3://${bucket}/${layout.prefix}`, `${this.options.output}/`)
      .replaceAll(`s3://${bucket}/`, '')
      .replaceAll(` in bucket ${bucket}`, '');
  }

  private overlayScript(): void {
    const { script } = this.options;
    if (script !== undefined) {
      const { script: asset, settings } = this.environment.deployment;
      this.environment.storage.put(asset.bucket, asset.key, readOverlay(script, settings));
      this.environment.nameScript(basename(script));
    }
  }

  private async request(): Promise<{ request: BatchRequest; of?: number }> {
    const { request = {}, limit } = this.options;
    if (limit === undefined) {
      return { request };
    }
    try {
      return await limitRequest(this.environment, request, limit);
    } catch (error) {
      // The execution itself reports what is wrong with the input, in its first state.
      if (REFUSALS.has((error as Error).name)) {
        return { request };
      }
      throw error;
    }
  }

  private async execute(request: BatchRequest, of: number | undefined): Promise<ExecutionOutcome> {
    const { stateMachine, bucket } = this.environment.deployment;
    const store = new ObjectStore(bucket, this.environment.s3.client);
    const services: ExecutionServices = {
      invoke: (arn, input) => this.invoke(arn, input, of),
      readObject: (name, key) => store.forBucket(name).text(key),
      writeObject: (name, key, body) => store.forBucket(name).put(key, body, 'application/json'),
      signal: this.signal,
      timeScale: this.options.timeScale,
      listener: this.options.listener,
    };
    const execution = newExecution(stateMachine.name, this.name);
    const input = request as unknown as JsonValue;
    const outcome = await execute(stateMachine.definition, input, execution, services);
    return outcome.status !== 'SUCCEEDED' && (await this.options.redrive?.(outcome, store))
      ? redrive(stateMachine.definition, input, execution, services, outcome)
      : outcome;
  }

  private async invoke(arn: string, input: JsonValue, of: number | undefined): Promise<JsonValue> {
    const { deployment, emulator } = this.environment;
    const output = (await this.environment.invoke(arn, input)) as JsonValue;
    if (arn === deployment.planner && !this.plan) {
      this.plan = output as unknown as Plan;
      const { total, pending, runId } = this.plan;
      this.options.progress?.started?.({
        ...{ batch: deployment.settings.name, runId, items: pending, done: total - pending, of },
        isolation: emulator.isolation,
        sessionsOpen: () => this.environment.sessionsOpen(),
      });
    }
    return output;
  }

  private objectWritten(bucket: string, key: string): void {
    if (bucket !== this.environment.deployment.bucket || !ITEM_RESULT.test(key)) {
      return;
    }
    if (++this.itemsEnded === this.options.crashAfterItems) {
      this.environment.crashLambdas();
    }
    const result = this.environment.storage.json<ItemResult>(bucket, key);
    if (result) {
      this.options.progress?.itemEnded?.(result);
    }
    if (result?.status === 'failed' && this.options.failFast) {
      this.firstFailure ??= result;
      this.stopped.abort();
    }
  }
}

/** A name that sorts by time, such as `2026-11-22T18-30-05`. */
export function runName(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
