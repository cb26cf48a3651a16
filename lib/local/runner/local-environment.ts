import { BedrockAgentCoreClient } from '@aws-sdk/client-bedrock-agentcore';
import type { BatchSettings } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import type { Emulator } from '../emulator';
import { Lifetime } from '../lifetime';
import { WorkDirectory } from '../sandbox/work-directory';
import { stopSession } from '../sweep/orphaned-sessions';
import type { BatchDeployment } from './deployment';
import { explainFullDisk } from './full-disk';
import { LOCAL_ACCOUNT } from './local-account';
import { LocalLambda } from './local-lambda';
import type { LocalEnvironmentOptions } from './local-run-contract';
import type { LocalS3, PutListener } from './local-s3';
import { type LocalServices, startLocalServices } from './local-services';
import { ObjectStorage } from './storage/object-storage';
import { zipped } from './zipped';

/** Everything that stands in for AWS: an S3, the emulator of the service, and the Lambdas. For one run, or for many. */
export class LocalEnvironment {
  private lambdas = new Map<string, LocalLambda>();
  private scriptName: string | undefined;
  private putListener: PutListener | undefined;

  private constructor(
    private readonly lifetime: Lifetime,
    readonly deployment: BatchDeployment,
    private readonly options: LocalEnvironmentOptions,
    private readonly services: LocalServices,
    private readonly scratch: WorkDirectory,
  ) {}

  /** Fails if the storage is in use by another process. */
  static async open(deployment: BatchDeployment, options: LocalEnvironmentOptions): Promise<LocalEnvironment> {
    const { storage: folder, python, isolation, signal } = options;
    const lifetime = new Lifetime(signal);
    let environment: LocalEnvironment | undefined;
    try {
      const storage = folder === undefined ? ObjectStorage.inMemory() : ObjectStorage.inFolder(folder);
      const onPut: PutListener = (bucket, key) => environment?.putListener?.(bucket, key);
      const { interpreters } = deployment;
      // The token is random: nobody else on this machine reaches the run.
      const services = await lifetime.start(
        () =>
          startLocalServices(
            { ...options.emulator, python, isolation, interpreters },
            { onPut, storage, faults: options.s3Faults },
          ),
        (started) => started.stop(),
      );
      const scratch = await lifetime.start(WorkDirectory.open, (started) => started.remove());
      environment = new LocalEnvironment(lifetime, deployment, options, services, scratch);
      lifetime.own(() => stopAll(environment?.lambdas ?? new Map()));
      await environment.makeBuckets();
      return environment;
    } catch (error) {
      await lifetime.close();
      throw folder === undefined ? error : explainFullDisk(error, folder);
    }
  }

  get emulator(): Emulator {
    return this.services.emulator;
  }

  get s3(): LocalS3 {
    return this.services.s3;
  }

  /** Where what is written goes, for messages. */
  get storageFolder(): string {
    return this.options.storage ?? 'memory';
  }

  get storage(): ObjectStorage {
    return this.s3.storage;
  }

  /** Listeners for written objects. */
  onPut(listener: PutListener): void {
    this.putListener = listener;
  }

  /** From now on, new Lambdas know the script by this name: it is in tracebacks, summary and report. */
  nameScript(name: string): void {
    this.scriptName = name;
  }

  /** Calls a Lambda of the assembly. */
  async invoke(arn: string, input: unknown): Promise<unknown> {
    const lambda = this.lambdas.get(arn) ?? this.makeLambda(arn);
    this.lambdas.set(arn, lambda);
    return lambda.invoke(input);
  }

  /** Ends the Lambdas that are working at this moment, as a crash would. */
  crashLambdas(): void {
    for (const lambda of this.lambdas.values()) {
      lambda.crash();
    }
  }

  /** Lambdas that are called from now on are new ones, which have read nothing yet. They are ready when they are called. */
  async renewLambdas(): Promise<void> {
    const old = this.lambdas;
    this.lambdas = new Map([...old.keys()].map((arn) => [arn, this.makeLambda(arn)]));
    for (const lambda of this.lambdas.values()) {
      lambda.warm();
    }
    await stopAll(old);
  }

  sessionsOpen(): number {
    return this.emulator.sessions().filter(({ status }) => status === 'READY').length;
  }

  /** Stops all sessions that are open, as a person would who looks after a run that was stopped. */
  async stopSessions(): Promise<void> {
    const open = this.emulator.sessions().filter(({ status }) => status === 'READY');
    const { endpoint, credentials } = this.emulator;
    const client = new BedrockAgentCoreClient({ endpoint, credentials, region: LOCAL_ACCOUNT.region });
    try {
      // One that has ended by itself meanwhile is what is wanted.
      await Promise.all(open.map(({ interpreterId, sessionId }) => stopSession(client, interpreterId, sessionId)));
    } finally {
      client.destroy();
    }
  }

  async close(): Promise<void> {
    await this.lifetime.close();
  }

  private async makeBuckets(): Promise<void> {
    const { assets, buckets, bucket } = this.deployment;
    for (const name of new Set([...buckets, ...assets.map((asset) => asset.bucket), bucket])) {
      this.storage.table.addBucket(name);
    }
    for (const { bucket: name, key, path, packaging } of assets) {
      if (packaging === 'file') {
        this.storage.refer(name, [{ key, source: path }]);
      } else if (!this.storage.has(name, key)) {
        this.storage.put(name, key, await zipped(path));
      }
    }
  }

  private makeLambda(arn: string): LocalLambda {
    const definition = this.deployment.lambdas.get(arn);
    if (!definition) {
      throw new Error(`the state machine calls ${arn}, which is no Lambda of the cloud assembly`);
    }
    const environment = {
      ...this.withScriptName(definition.environment),
      ...this.lambdaEnvironment(definition.name),
    };
    return new LocalLambda({ ...definition, environment }, this.options.log);
  }

  private withScriptName(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const text = environment[EnvironmentName.batch];
    if (text === undefined || this.scriptName === undefined) {
      return environment;
    }
    const settings = JSON.parse(text) as BatchSettings;
    const renamed: BatchSettings = { ...settings, script: { ...settings.script, name: this.scriptName } };
    return { ...environment, [EnvironmentName.batch]: JSON.stringify(renamed) };
  }

  /** What Lambda sets itself, and where the services are: the SDKs know these names. */
  private lambdaEnvironment(name: string): Record<string, string> {
    return {
      AWS_LAMBDA_FUNCTION_NAME: name,
      ...this.services.environment,
      TMPDIR: this.scratch.path,
    };
  }
}

async function stopAll(lambdas: ReadonlyMap<string, LocalLambda>): Promise<void> {
  await Promise.all([...lambdas.values()].map((lambda) => lambda.stop()));
}
