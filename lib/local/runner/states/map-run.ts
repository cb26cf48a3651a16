import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../../contract/json';
import { mapAll } from '../../../runtime/concurrency';
import { LOCAL_ACCOUNT } from '../local-account';
import { LambdaError } from '../local-lambda';
import type { Definition, DistributedMapDefinition } from './definition';
import { evaluateTemplate } from './evaluate-template';
import type { Execute, ExecutionOutcome, ExecutionServices } from './services';

/** What Step Functions does where a Distributed Map names no concurrency. */
const MAX_CONCURRENT_CHILDREN = 10_000;

interface Child {
  readonly arn: string;
  readonly name: string;
  readonly input: JsonValue;
  readonly outcome: ExecutionOutcome;
}

interface Settings {
  MaxConcurrency: number;
  /** Of these two, neither may be exceeded; without either, no child may fail. */
  ToleratedFailurePercentage?: number;
  ToleratedFailureCount?: number;
  ItemBatcher: JsonObject;
}

/**
 * A Distributed Map: reads items (JSON Lines or a JSON array in S3), batches them, executes the item processor for
 * each batch as an execution of its own, compares failures with what is tolerated, and writes the results.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export class MapRun {
  private readonly id = randomUUID();
  private readonly settings: Settings;

  constructor(
    private readonly stateName: string,
    private readonly state: DistributedMapDefinition,
    private readonly context: JsonObject,
    private readonly services: ExecutionServices,
    private readonly execute: Execute,
  ) {
    this.settings = {
      MaxConcurrency: MAX_CONCURRENT_CHILDREN,
      ItemBatcher: {},
      ...(state as Partial<Settings>),
    };
  }

  async run(input: JsonValue): Promise<JsonValue> {
    const batches = this.batch(await this.readItems(input), await this.batchInput(input));
    const { signal } = this.services;
    const outcomes = await mapAll(batches, this.settings.MaxConcurrency, async (batch) =>
      signal?.aborted ? undefined : this.runChild(batch),
    );
    const children = outcomes.filter((child) => child !== undefined);
    this.requireTolerated(children);
    return this.writeResults(input, children);
  }

  private async readItems(input: JsonValue): Promise<JsonValue[]> {
    const { ItemReader } = this.state;
    const { Bucket, Key } = (await evaluateTemplate(ItemReader.Parameters, input, this.context)) as {
      Bucket: string;
      Key: string;
    };
    const text = await this.services.readObject(Bucket, Key);
    const type = ItemReader.ReaderConfig.InputType;
    if (type === 'JSONL') {
      return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as JsonValue]));
    }
    if (type === 'JSON') {
      return JSON.parse(text) as JsonValue[];
    }
    throw new Error(`state "${this.stateName}": the local runner reads items of type JSONL and JSON, not ${type}`);
  }

  private async batchInput(input: JsonValue): Promise<JsonValue | undefined> {
    const { BatchInput } = this.settings.ItemBatcher;
    return BatchInput === undefined ? undefined : evaluateTemplate(BatchInput, input, this.context);
  }

  /** As many items a child as the batcher's two limits allow; without a batcher, each item is a child's input. */
  private batch(items: JsonValue[], batchInput: JsonValue | undefined): { input: JsonValue; items: number }[] {
    const { MaxItemsPerBatch, MaxInputBytesPerBatch } = this.settings.ItemBatcher;
    if (MaxItemsPerBatch === undefined && MaxInputBytesPerBatch === undefined) {
      return items.map((input) => ({ input, items: 1 }));
    }
    const maxItems = Number(MaxItemsPerBatch ?? Number.POSITIVE_INFINITY);
    const maxBytes = Number(MaxInputBytesPerBatch ?? Number.POSITIVE_INFINITY);
    const batches: JsonValue[][] = [];
    let bytes = 0;
    for (const item of items) {
      const size = Buffer.byteLength(JSON.stringify(item)) + 1;
      const current = batches.at(-1);
      if (current && current.length < maxItems && bytes + size <= maxBytes) {
        current.push(item);
        bytes += size;
      } else {
        batches.push([item]);
        bytes = size;
      }
    }
    return batches.map((batch) => ({
      input: { ...(batchInput === undefined ? {} : { BatchInput: batchInput }), Items: batch },
      items: batch.length,
    }));
  }

  private async runChild({ input, items }: { input: JsonValue; items: number }): Promise<Child> {
    const name = randomUUID();
    const arn = this.arn('execution', name);
    this.services.listener?.childStarted?.(name, items);
    const outcome = await this.execute(
      this.state.ItemProcessor as unknown as Definition,
      input,
      { arn, name },
      this.services,
    );
    this.services.listener?.childEnded?.(name, outcome);
    return { arn, name, input, outcome };
  }

  private requireTolerated(children: Child[]): void {
    const failed = children.filter(({ outcome }) => outcome.status !== 'SUCCEEDED').length;
    const { ToleratedFailurePercentage: percentage, ToleratedFailureCount: count } = this.settings;
    const most = Math.min(
      ((percentage ?? (count === undefined ? 0 : 100)) / 100) * children.length,
      count ?? Number.POSITIVE_INFINITY,
    );
    if (failed > most) {
      const message = `${failed} of ${children.length} child executions failed`;
      throw new LambdaError('States.ExceedToleratedFailureThreshold', message);
    }
  }

  private async writeResults(input: JsonValue, children: Child[]): Promise<JsonValue> {
    const mapRunArn = this.arn('mapRun', this.id);
    const { ResultWriter } = this.state as { ResultWriter?: { Parameters: JsonValue } };
    if (!ResultWriter) {
      return children.map(({ outcome }) => outcome.output ?? null);
    }
    const { Bucket, Prefix } = (await evaluateTemplate(ResultWriter.Parameters, input, this.context)) as {
      Bucket: string;
      Prefix: string;
    };
    const folder = `${Prefix}/${this.id}`;
    const files = { SUCCEEDED: [] as JsonObject[], FAILED: [] as JsonObject[] };
    for (const { status, key } of await this.writeChildren(Bucket, folder, children)) {
      files[status].push({ Key: key });
    }
    const manifest = { DestinationBucket: Bucket, MapRunArn: mapRunArn, ResultFiles: { ...files, PENDING: [] } };
    await this.services.writeObject(Bucket, `${folder}/manifest.json`, JSON.stringify(manifest));
    return { MapRunArn: mapRunArn, ResultWriterDetails: { Bucket, Key: `${folder}/manifest.json` } };
  }

  private async writeChildren(bucket: string, folder: string, children: Child[]) {
    const written: { status: 'SUCCEEDED' | 'FAILED'; key: string }[] = [];
    for (const status of ['SUCCEEDED', 'FAILED'] as const) {
      const those = children.filter(({ outcome }) => (outcome.status === 'SUCCEEDED') === (status === 'SUCCEEDED'));
      if (those.length > 0) {
        const key = `${folder}/${status}_0.json`;
        await this.services.writeObject(bucket, key, JSON.stringify(those.map(describe)));
        written.push({ status, key });
      }
    }
    return written;
  }

  private arn(kind: string, name: string): string {
    const { partition, region, accountId } = LOCAL_ACCOUNT;
    const label = typeof this.state.Label === 'string' ? this.state.Label : this.stateName;
    return `arn:${partition}:states:${region}:${accountId}:${kind}:local/${label}:${name}`;
  }
}

function describe({ arn, name, input, outcome }: Child): JsonObject {
  const { status, output, error, cause } = outcome;
  return {
    ExecutionArn: arn,
    Name: name,
    Status: status,
    Input: JSON.stringify(input),
    ...(output === undefined ? {} : { Output: JSON.stringify(output) }),
    ...(error === undefined ? {} : { Error: error, Cause: cause ?? '' }),
  };
}
