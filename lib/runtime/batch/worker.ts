import type {
  RunItemsRequest,
  RunItemsResponse,
  StartedSession,
  StartSessionRequest,
  StoppedSession,
  StopSessionRequest,
} from '../../contract/batch';
import type { BatchItem } from '../../contract/batch-item';
import { EnvironmentName } from '../../contract/environment';
import { RunLayout, sessionName } from '../../contract/layout';
import { mapConcurrently } from '../concurrency';
import type { Deadline } from '../deadline';
import { Interpreter } from '../session/interpreter';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';
import { batchSettings } from './batch-settings';
import { ItemRecorder } from './item-record';
import { ItemRun } from './run-items';
import { LongItemRun } from './run-long-items';
import { SessionWork } from './session-work';

const LOOKUPS_AT_ONCE = 16;

/** The part of a child execution that talks to the service. What it keeps between calls is only what never changes. */
export class Worker {
  private readonly settings = batchSettings();
  private readonly interpreter: Interpreter;
  private readonly store: ObjectStore;
  private script: Uint8Array | undefined;

  constructor(interpreterId: string, bucket: string) {
    this.interpreter = new Interpreter(interpreterId);
    this.store = new ObjectStore(bucket);
  }

  async start(request: StartSessionRequest, deadline: Deadline): Promise<StartedSession> {
    const endsAt = Math.floor(Date.now() / 1000) + this.settings.sessionTimeoutSeconds;
    const sessionId = await this.interpreter.start(
      {
        name: sessionName(this.settings.name, request.runId),
        timeoutSeconds: this.settings.sessionTimeoutSeconds,
        token: `${request.childName}#${request.attempt}`,
      },
      deadline,
    );
    return { sessionId, attempt: request.attempt, endsAt };
  }

  async run(request: RunItemsRequest, deadline: Deadline): Promise<RunItemsResponse> {
    const layout = new RunLayout(this.settings.name, request.context.runId);
    const work = new SessionWork(
      {
        settings: this.settings,
        interpreter: this.interpreter,
        store: this.store,
        recorder: new ItemRecorder(this.store, layout),
        script: await this.loadScript(),
        deadline,
      },
      request,
    );
    const run = this.settings.longItems ? new LongItemRun(work) : new ItemRun(work);
    return run.run(await this.withoutResult(request.items, layout));
  }

  async stop(request: StopSessionRequest, deadline: Deadline): Promise<StoppedSession> {
    return { stopped: await this.interpreter.stop(request.sessionId, deadline) };
  }

  /** An earlier call may have come some way. */
  private async withoutResult(items: BatchItem[], layout: RunLayout): Promise<BatchItem[]> {
    const left: BatchItem[] = [];
    const look = async (item: BatchItem) => ({ item, found: await this.store.find(layout.itemResult(item.id)) });
    for await (const { item, found } of mapConcurrently(items, LOOKUPS_AT_ONCE, look)) {
      if (!found) {
        left.push(item);
      }
    }
    return left;
  }

  private async loadScript(): Promise<Uint8Array> {
    this.script ??= await this.store
      .in(required(EnvironmentName.scriptBucket))
      .bytes(required(EnvironmentName.scriptKey));
    return this.script;
  }
}
