import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchRequest, ReportResponse, RunSummary } from '../../contract/batch';
import type { ItemResult } from '../../contract/batch-item';
import type { JsonValue } from '../../contract/json';
import { RunLayout } from '../../contract/layout';
import { mapConcurrently } from '../../runtime/concurrency';
import { ObjectStore } from '../../runtime/staging/object-store';
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator';
import { type BatchDeployment, readDeployment } from './deployment';
import { findInputs, type InputFile } from './input-files';
import { LOCAL_ACCOUNT, NOBODY } from './local-account';
import { LocalLambda } from './local-lambda';
import { type LocalS3, startLocalS3 } from './local-s3';
import { execute, newExecution, redrive } from './states/execution';
import type { ExecutionOutcome, ExecutionServices } from './states/services';
import { zipped } from './zipped';

export interface LocalRunOptions {
  /** The folder of the cloud assembly. */
  readonly assembly: string;
  /** The batch's name. Default: the only one of the assembly. */
  readonly batch?: string;
  /** Files and folders; what is in them becomes the items. */
  readonly inputs: readonly string[];
  /** Other files that are put into the staging bucket, by key: what the sessions' set-up takes from there. */
  readonly objects?: Readonly<Record<string, string>>;
  /** Where the run's results are written to. */
  readonly output: string;
  /** What the execution is started with, beside the items. */
  readonly request?: BatchRequest;
  /** A Python interpreter with IPython; without one, Python scripts cannot run. */
  readonly python?: string;
  readonly isolation?: 'auto' | 'require' | 'off';
  readonly progress?: RunProgress;
  /** What the Lambdas log. */
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** What the emulator is to be like beside: quotas, latencies, faults and their seed. */
  readonly emulator?: Pick<EmulatorOptions, 'quotas' | 'latencies' | 'faults' | 'seed' | 'limits' | 'poolSize'>;
  /** For drills: once so many items have a result, the Lambdas that are working crash. */
  readonly crashAfterItems?: number;
  /** For drills: asked when the execution has not succeeded, with the staging bucket; true redrives it. */
  readonly redrive?: (ended: ExecutionOutcome, bucket: ObjectStore) => Promise<boolean>;
  /** Seconds of the workflow's waits and retry intervals are multiplied by this. Default: 1. */
  readonly timeScale?: number;
}

/** Told how a run gets on. */
export interface RunProgress {
  started?(facts: { batch: string; items: number; isolation: Emulator['isolation'] }): void;
  itemEnded?(result: ItemResult): void;
}

export interface LocalRunResult {
  readonly runId: string;
  readonly outcome: ExecutionOutcome;
  /** Missing if the run ended before its report. */
  readonly summary?: RunSummary;
  /** The folder with everything that the run left in the bucket. */
  readonly folder: string;
  /** Sessions of the emulator that were still open at the end. */
  readonly sessionsLeft: number;
  readonly sessionsStarted: number;
  /** Calls of InvokeCodeInterpreter, of the last 10,000. */
  readonly invocations: number;
}

/**
 * Runs a batch of a cloud assembly on this machine: its state machine as it was synthesized, its Lambdas from the
 * bundles that would be deployed, an S3 in memory, and the emulator in the place of the service.
 */
export async function runLocally(options: LocalRunOptions): Promise<LocalRunResult> {
  const deployment = readDeployment(options.assembly, options.batch);
  const inputs = await findInputs(options.inputs);
  const world = await World.open(deployment, options);
  try {
    return await world.run(inputs);
  } finally {
    await world.close();
  }
}

/** Everything that stands in for AWS during one run. */
class World {
  private readonly lambdas: Map<string, LocalLambda>;
  private readonly store: ObjectStore;
  private itemsEnded = 0;

  private constructor(
    private readonly deployment: BatchDeployment,
    private readonly options: LocalRunOptions,
    private readonly s3: LocalS3,
    private readonly emulator: Emulator,
    private readonly scratch: string,
  ) {
    this.store = new ObjectStore(deployment.bucket, s3.client);
    this.lambdas = new Map(
      [...deployment.lambdas].map(([arn, definition]) => [
        arn,
        new LocalLambda(
          { ...definition, environment: { ...definition.environment, ...this.lambdaEnvironment(definition.name) } },
          options.log,
        ),
      ]),
    );
  }

  static async open(deployment: BatchDeployment, options: LocalRunOptions): Promise<World> {
    const told: { world?: World } = {};
    const s3 = await startLocalS3((bucket, key) => void told.world?.objectWritten(bucket, key));
    try {
      const emulator = await startEmulator({
        ...options.emulator,
        s3Endpoint: s3.endpoint,
        python: options.python,
        isolation: options.isolation,
        interpreters: deployment.interpreters,
      });
      const scratch = await mkdtemp(join(tmpdir(), 'agentcore-local-'));
      told.world = new World(deployment, options, s3, emulator, scratch);
      return told.world;
    } catch (error) {
      await s3.stop();
      throw error;
    }
  }

  async run(inputs: InputFile[]): Promise<LocalRunResult> {
    const { settings, stateMachine } = this.deployment;
    await this.upload(inputs);
    const { batch = settings.name } = this.options;
    this.options.progress?.started?.({ batch, items: inputs.length, isolation: this.emulator.isolation });
    const execution = newExecution(stateMachine.name, runName());
    const request = { ...this.options.request } as unknown as JsonValue;
    const services: ExecutionServices = {
      invoke: (arn, input) => this.invoke(arn, input),
      readObject: (bucket, key) => this.store.in(bucket).text(key),
      writeObject: (bucket, key, body) => this.store.in(bucket).put(key, body, 'application/json'),
      signal: this.options.signal,
      timeScale: this.options.timeScale,
    };
    let outcome = await execute(stateMachine.definition, request, execution, services);
    if (outcome.status !== 'SUCCEEDED' && (await this.options.redrive?.(outcome, this.store))) {
      outcome = await redrive(stateMachine.definition, request, execution, services, outcome);
    }
    const runId =
      (outcome.output as ReportResponse | undefined)?.runId ?? this.options.request?.runId ?? execution.name;
    const layout = new RunLayout(settings.name, runId);
    await this.download(layout);
    const sessions = this.emulator.sessions();
    return {
      runId,
      outcome,
      summary: await this.store.findJson<RunSummary>(layout.summary),
      folder: this.options.output,
      sessionsLeft: sessions.filter(({ status }) => status === 'READY').length,
      sessionsStarted: sessions.length,
      invocations: this.emulator.history.invocations().length,
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.lambdas.values()].map((lambda) => lambda.stop()));
    await this.emulator.stop();
    await this.s3.stop();
    await rm(this.scratch, { recursive: true, force: true });
  }

  private async invoke(arn: string, input: JsonValue): Promise<JsonValue> {
    const lambda = this.lambdas.get(arn);
    if (!lambda) {
      throw new Error(`the state machine calls ${arn}, which is no Lambda of the cloud assembly`);
    }
    return (await lambda.invoke(input)) as JsonValue;
  }

  /** What Lambda sets itself, and where the services are: the SDKs know these names. */
  private lambdaEnvironment(name: string): Record<string, string> {
    return {
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_REGION: LOCAL_ACCOUNT.region,
      AWS_ACCESS_KEY_ID: NOBODY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: NOBODY.secretAccessKey,
      AWS_ENDPOINT_URL_S3: this.s3.endpoint,
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: this.emulator.endpoint,
      TMPDIR: this.scratch,
    };
  }

  private async upload(inputs: InputFile[]): Promise<void> {
    const { assets, buckets, settings, bucket } = this.deployment;
    for (const name of new Set([...buckets, ...assets.map((asset) => asset.bucket), bucket])) {
      await this.s3.client.send(new CreateBucketCommand({ Bucket: name }));
    }
    const files = [
      ...assets,
      ...inputs.map(({ path, name }) => ({ path, bucket, key: `${settings.input.prefix}${name}` })),
      ...Object.entries(this.options.objects ?? {}).map(([key, path]) => ({ path, bucket, key })),
    ];
    const put = async ({ path, bucket, key, packaging }: Upload) => {
      const body = packaging === 'zip' ? await zipped(path) : await readFile(path);
      await this.s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    };
    for await (const _ of mapConcurrently(files, 8, put)) {
      // Each is done once it is written.
    }
  }

  private async objectWritten(bucket: string, key: string): Promise<void> {
    if (bucket === this.deployment.bucket && /\/items\/[^/]+\/result\.json$/.test(key)) {
      if (++this.itemsEnded === this.options.crashAfterItems) {
        for (const lambda of this.lambdas.values()) {
          lambda.crash();
        }
      }
      const result = await this.store.findJson<ItemResult>(key);
      if (result) {
        this.options.progress?.itemEnded?.(result);
      }
    }
  }

  /** Copies what the run has left in the bucket into the output folder. */
  private async download(layout: RunLayout): Promise<void> {
    const get = async ({ key }: { key: string }) => {
      const path = join(this.options.output, ...key.slice(layout.prefix.length).split('/'));
      await mkdir(dirname(path), { recursive: true });
      const { Body } = await this.s3.client.send(new GetObjectCommand({ Bucket: this.deployment.bucket, Key: key }));
      await writeFile(path, (await Body?.transformToByteArray()) ?? '');
    };
    await mkdir(this.options.output, { recursive: true });
    for await (const _ of mapConcurrently(this.store.list(layout.prefix), 16, get)) {
      // Each is done once it is written.
    }
  }
}

interface Upload {
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly packaging?: 'file' | 'zip';
}

/** A name that sorts by time, such as `2026-11-22T18-30-05`. */
function runName(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
