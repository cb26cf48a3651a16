import type { BatchSettings, Plan, PlanRequest } from '../../contract/batch';
import type { BatchItem, ItemResult } from '../../contract/batch-item';
import { ErrorName } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { RunLayout } from '../../contract/layout';
import { mapConcurrently } from '../concurrency';
import { messageOf, NamedError } from '../named-error';
import type { ObjectStore } from '../staging/object-store';
import { itemId } from './item-id';
import { type CheckedRequest, checkRequest } from './plan-request';

const LOOKUPS_AT_ONCE = 32;

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
    const frozen = (await this.frozen()) ?? (await this.freeze());
    const pendingKey = this.layout.pending(this.call.executionName);
    let pending = 0;
    await this.store.putStreamed(pendingKey, 'application/jsonl', async (out) => {
      for await (const item of this.unfinished()) {
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
        `there is no run "${this.runId}" to resume: s3://${this.store.bucket}/${this.layout.run} does not exist`,
      );
    }
    return frozen;
  }

  private async freeze(): Promise<FrozenRun> {
    let total = 0;
    await this.store.putStreamed(this.layout.manifest, 'application/jsonl', async (out) => {
      for await (const item of this.items()) {
        await out(`${JSON.stringify(item)}\n`);
        total++;
      }
    });
    if (total === 0) {
      throw new NamedError(ErrorName.invalidInput, this.nothingFound());
    }
    const parameters = { ...this.settings.script.parameters, ...this.request.parameters };
    const frozen = { startedAt: new Date().toISOString(), parameters, total };
    await this.store.putOnce(this.layout.run, JSON.stringify(frozen), 'application/json');
    return frozen;
  }

  private async *items(): AsyncGenerator<BatchItem> {
    let index = 0;
    for await (const { key, bytes, parameters } of this.request.items ? this.listed() : this.found()) {
      yield { id: itemId(index++, key), key, bytes, ...(parameters ? { parameters } : {}) };
    }
  }

  /** The objects that the request names. Each must exist. */
  private async *listed(): AsyncGenerator<{ key: string; bytes: number; parameters?: JsonObject }> {
    const look = async ({ key, parameters }: { key: string; parameters?: JsonObject }) => {
      const object = await this.store.find(key).catch((error: unknown) => {
        throw new NamedError(ErrorName.invalidInput, `looking up item "${key}": ${messageOf(error)}`, { cause: error });
      });
      if (!object) {
        throw new NamedError(ErrorName.invalidInput, `item "${key}" does not exist in bucket ${this.store.bucket}`);
      }
      return { ...object, parameters };
    };
    yield* mapConcurrently(this.request.items ?? [], LOOKUPS_AT_ONCE, look);
  }

  /** The objects under the prefix that have one of the suffixes; consoles leave empty `folder/` objects behind. */
  private async *found(): AsyncGenerator<{ key: string; bytes: number; parameters?: JsonObject }> {
    const { suffixes } = this.settings.input;
    for await (const object of this.store.list(this.request.prefix)) {
      const fits = suffixes.length === 0 || suffixes.some((suffix) => object.key.endsWith(suffix));
      if (fits && !object.key.endsWith('/')) {
        yield object;
      }
    }
  }

  private nothingFound(): string {
    const where = `s3://${this.store.bucket}/${this.request.prefix}`;
    const { suffixes } = this.settings.input;
    const what = suffixes.length > 0 ? `object ending in ${suffixes.join(' or ')}` : 'object';
    return `there is no ${what} under ${where}: upload the items there, or name another prefix`;
  }

  /** Items that an earlier execution has not succeeded with. A failed result makes way for the new one. */
  private async *unfinished(): AsyncGenerator<BatchItem> {
    const items = this.store.jsonLines<BatchItem>(this.layout.manifest);
    const resumed = this.request.runId !== undefined;
    if (!resumed) {
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
    for await (const { item, done } of mapConcurrently(items, LOOKUPS_AT_ONCE, look)) {
      if (!done) {
        yield item;
      }
    }
  }
}
