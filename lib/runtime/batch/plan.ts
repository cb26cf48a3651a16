import type { BatchSettings, Plan, PlanRequest } from '../../contract/batch';
import type { BatchItem, ItemResult } from '../../contract/batch-item';
import { ErrorName } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { RunLayout } from '../../contract/layout';
import { mapConcurrently } from '../concurrency';
import { textIfInexact } from '../exact-json';
import { NamedError } from '../named-error';
import type { ObjectStore } from '../staging/object-store';
import { combinationsIn } from './input/grid';
import { ItemSource } from './input/item-source';
import { itemId } from './item-id';
import { type CheckedRequest, checkRequest } from './plan-request';

const LOOKUP_CONCURRENCY = 32;

/** An item's own parameters, in the form in which no number of them is rounded on the way. */
function ofItem(parameters: JsonObject): Pick<BatchItem, 'parameters' | 'parametersText'> {
  if (Object.keys(parameters).length === 0) {
    return {};
  }
  const parametersText = textIfInexact(parameters);
  return parametersText === undefined ? { parameters } : { parametersText };
}

/** What the frozen list of items begins with: facts of the run that a resumed execution must see unchanged. */
interface FrozenRun {
  readonly startedAt: string;
  readonly parameters: JsonObject;
  readonly total: number;
}

/** The Plan state: validates the input, freezes the items, and lists those that have no result yet. */
export class Planner {
  private readonly layout: RunLayout;
  private readonly request: CheckedRequest;
  private readonly runId: string;

  constructor(
    private readonly settings: BatchSettings,
    private readonly store: ObjectStore,
    private readonly call: PlanRequest,
  ) {
    this.request = checkRequest(call.request, settings.input);
    this.runId = this.request.runId ?? call.executionName;
    this.layout = new RunLayout(settings.name, this.runId);
  }

  async plan(): Promise<Plan> {
    const earlier = await this.frozen();
    const frozen = earlier ?? (await this.freeze());
    const pendingKey = this.layout.pending(this.call.executionName);
    let pending = 0;
    await this.store.putStreamed(pendingKey, 'application/jsonl', async (out) => {
      for await (const item of this.unfinished(earlier !== undefined)) {
        await out(`${JSON.stringify(item)}\n`);
        pending++;
      }
    });
    const { startedAt, parameters, total } = frozen;
    return { runId: this.runId, startedAt, manifestKey: this.layout.manifest, pendingKey, total, pending, parameters };
  }

  /** The facts of a run that an earlier execution began. */
  private async frozen(): Promise<FrozenRun | undefined> {
    const frozen = await this.store.findJson<FrozenRun>(this.layout.run);
    if (!frozen && this.request.runId !== undefined && this.request.runId !== this.call.executionName) {
      throw new NamedError(
        ErrorName.invalidInput,
        `cannot resume run "${this.runId}": s3://${this.store.bucket}/${this.layout.run} does not exist`,
      );
    }
    return frozen;
  }

  private async freeze(): Promise<FrozenRun> {
    const source = new ItemSource(this.store, this.settings.input, this.request);
    let total = 0;
    await this.store.putStreamed(this.layout.manifest, 'application/jsonl', async (out) => {
      for await (const item of this.items(source)) {
        await out(`${JSON.stringify(item)}\n`);
        total++;
      }
    });
    if (total === 0) {
      throw new NamedError(ErrorName.invalidInput, source.nothingFound);
    }
    const parameters = { ...this.settings.script.parameters, ...this.request.parameters };
    const frozen = { startedAt: new Date().toISOString(), parameters, total };
    await this.store.putOnce(this.layout.run, JSON.stringify(frozen), 'application/json');
    return frozen;
  }

  /** Each object with each combination of the grid. */
  private async *items(source: ItemSource): AsyncGenerator<BatchItem> {
    const combinations = combinationsIn(this.request.grid);
    let index = 0;
    for await (const { key, bytes, parameters: own } of source.objects()) {
      for (const { parameters: varied, label } of combinations) {
        yield { id: itemId(index++, key, label), key, bytes, ...ofItem({ ...own, ...varied }) };
      }
    }
  }

  /** Items that an earlier execution, or an earlier try of this one, has not succeeded with. A failed result makes way. */
  private async *unfinished(begunBefore: boolean): AsyncGenerator<BatchItem> {
    const items = this.store.jsonLines<BatchItem>(this.layout.manifest);
    if (!begunBefore) {
      yield* items;
      return;
    }
    const look = async (item: BatchItem) => {
      const key = this.layout.itemResult(item.id);
      const result = await this.store.findJson<ItemResult>(key);
      if (result?.status === 'failed') {
        await this.store.delete(key);
      }
      return { item, done: result !== undefined && result.status !== 'failed' };
    };
    for await (const { item, done } of mapConcurrently(items, LOOKUP_CONCURRENCY, look)) {
      if (!done) {
        yield item;
      }
    }
  }
}
