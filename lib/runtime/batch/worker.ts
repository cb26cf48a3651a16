import type {
  BatchSettings,
  GivenUpItems,
  GiveUpRequest,
  RunItemsRequest,
  RunItemsResponse,
  SessionContext,
  Stage,
  StageSettings,
  StartedSession,
  StartSessionRequest,
  StoppedSession,
  StopSessionRequest,
} from '../../contract/batch';
import type { BatchItem } from '../../contract/batch-item';
import { EnvironmentName } from '../../contract/environment';
import { ErrorName, ItemErrorName } from '../../contract/errors';
import { type ItemLayout, RunLayout, sessionName } from '../../contract/layout';
import { mapConcurrently } from '../concurrency';
import type { Deadline } from '../deadline';
import { NamedError } from '../named-error';
import { Interpreter } from '../session/interpreter';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';
import { batchSettings } from './batch-settings';
import { type CombinedFile, filesToCombine } from './combination';
import { ItemRecorder } from './item-record';
import { notProcessed } from './not-processed';
import { ItemRun } from './run-items';
import { LongItemRun } from './run-long-items';
import { RuntimeMissingError } from './runtime-missing';
import { SessionSetup } from './session-setup';
import { SessionWork } from './session-work';

const LOOKUP_CONCURRENCY = 16;

/** The part of a child execution that talks to the service. What it keeps between calls is only what never changes. */
export class Worker {
  private readonly settings = batchSettings();
  private readonly interpreter: Interpreter;
  private readonly store: ObjectStore;
  private readonly setup: SessionSetup | undefined;
  private readonly scripts = new Map<Stage, Uint8Array>();

  constructor(interpreterId: string, bucket: string) {
    this.interpreter = new Interpreter(interpreterId);
    this.store = new ObjectStore(bucket);
    const { setup } = this.settings;
    this.setup =
      setup && new SessionSetup(setup, () => this.asset(EnvironmentName.setupBucket, EnvironmentName.setupKey));
  }

  async start(request: StartSessionRequest, deadline: Deadline): Promise<StartedSession> {
    const { sessionTimeoutSeconds } = this.stageOf(request.stage);
    const endsAt = Math.floor(Date.now() / 1000) + sessionTimeoutSeconds;
    const sessionId = await this.interpreter.start(
      {
        name: sessionName(this.store.bucket, this.settings.name, request.runId),
        timeoutSeconds: sessionTimeoutSeconds,
        token: `${request.childName}#${request.attempt}`,
      },
      deadline,
    );
    return { sessionId, attempt: request.attempt, endsAt };
  }

  async run(request: RunItemsRequest, deadline: Deadline): Promise<RunItemsResponse> {
    const { stage } = request.context;
    const layout = this.layoutOf(request.context);
    const settings = this.stageOf(stage);
    const work = new SessionWork(
      {
        settings,
        interpreter: this.interpreter,
        store: this.store,
        recorder: new ItemRecorder(this.store, layout),
        script: await this.loadScript(stage),
        deadline,
        extraFiles: () => this.extraFiles(request.context),
      },
      stage === 'combine' ? withOwnParameters(request, settings) : request,
    );
    const left = await this.withoutResult(request.items, layout);
    try {
      const setupResponse = await this.setup?.ensureReady(left, work);
      return setupResponse ?? (await (settings.longItems ? new LongItemRun(work) : new ItemRun(work)).run(left));
    } catch (error) {
      if (!(error instanceof RuntimeMissingError)) {
        throw error;
      }
      for (const item of await this.withoutResult(left, layout)) {
        await work.fail(item, { name: ItemErrorName.runtimeMissing, message: error.message });
      }
      return work.response('done');
    }
  }

  async stop(request: StopSessionRequest, deadline: Deadline): Promise<StoppedSession> {
    return { stopped: await this.interpreter.stop(request.sessionId, deadline) };
  }

  /** Says of items without a result why no session could give them one. */
  async giveUp({ context, items, failure }: GiveUpRequest): Promise<GivenUpItems> {
    const layout = this.layoutOf(context);
    const left = await this.withoutResult(items, layout);
    const recorder = new ItemRecorder(this.store, layout);
    const error = await notProcessed('this item', failure, { batch: this.settings.name, store: this.store });
    for (const item of left) {
      await recorder.recordNotRun(item, error);
    }
    return { notProcessed: left.length };
  }

  /** An earlier call may have come some way. */
  private async withoutResult(items: BatchItem[], layout: ItemLayout): Promise<BatchItem[]> {
    const left: BatchItem[] = [];
    const look = async (item: BatchItem) => ({ item, found: await this.store.stat(layout.itemResult(item.id)) });
    for await (const { item, found } of mapConcurrently(items, LOOKUP_CONCURRENCY, look)) {
      if (!found) {
        left.push(item);
      }
    }
    return left;
  }

  /** What the combining script is given beside the results. */
  private async extraFiles({ runId, stage }: SessionContext): Promise<CombinedFile[]> {
    const run = new RunLayout(this.settings.name, runId);
    return stage === 'combine' ? filesToCombine(this.store, run, combineSettings(this.settings).files) : [];
  }

  private layoutOf({ runId, stage }: SessionContext): ItemLayout {
    const run = new RunLayout(this.settings.name, runId);
    return stage === 'combine' ? run.combined : run;
  }

  private stageOf(stage: Stage): StageSettings {
    return stage === 'combine' ? combineSettings(this.settings) : this.settings;
  }

  private async loadScript(stage: Stage): Promise<Uint8Array> {
    const [bucket, key] =
      stage === 'combine'
        ? ([EnvironmentName.combineBucket, EnvironmentName.combineKey] as const)
        : ([EnvironmentName.scriptBucket, EnvironmentName.scriptKey] as const);
    const script = this.scripts.get(stage) ?? (await this.asset(bucket, key));
    this.scripts.set(stage, script);
    return script;
  }

  private asset(bucket: EnvironmentName, key: EnvironmentName): Promise<Uint8Array> {
    return this.store.forBucket(required(bucket)).bytes(required(key));
  }
}

function combineSettings({ name, combine }: BatchSettings): NonNullable<BatchSettings['combine']> {
  if (!combine) {
    throw new NamedError(ErrorName.invalidRequest, `batch ${name} has no combining script`);
  }
  return combine;
}

/** The run's parameters are laid over those of the combining script, which the run's do not hold. */
function withOwnParameters(request: RunItemsRequest, { script }: StageSettings): RunItemsRequest {
  const parameters = { ...script.parameters, ...request.context.parameters };
  return { ...request, context: { ...request.context, parameters } };
}
