import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { BatchInput, BatchRequest, BatchSettings, Plan, ReportResponse } from '../../lib/contract/batch';
import type { BatchItem } from '../../lib/contract/batch-item';
import { type LocalS3, startLocalS3 } from '../../lib/local/runner/local-s3';
import { Gatherer } from '../../lib/runtime/batch/gather';
import { Planner } from '../../lib/runtime/batch/plan';
import { Reporter } from '../../lib/runtime/batch/report';
import { ObjectStore } from '../../lib/runtime/staging/object-store';

export const SALES: BatchSettings = {
  name: 'Sales',
  input: { kind: 'prefix', prefix: 'incoming/', suffixes: ['.csv'], keys: [] },
  script: { name: 'sales.py', language: 'python', parameters: { currency: 'EUR', rounded: true } },
  itemTimeoutSeconds: 60,
  sessionTimeoutSeconds: 900,
  tolerated: {},
  longItems: false,
};

/** A local S3 to plan runs in; each test has a bucket of its own. */
export class Planning {
  private buckets = 0;
  private s3: LocalS3 | undefined;
  private inBucket: ObjectStore | undefined;

  /** For the tests of a suite: each of them has a bucket of its own, with these objects in it. */
  static forEachTest(...keys: string[]): Planning {
    const planning = new Planning();
    beforeAll(async () => {
      planning.s3 = await startLocalS3();
    });
    afterAll(() => planning.s3?.stop());
    beforeEach(async () => {
      await planning.newBucket();
      await planning.upload(...keys);
    });
    return planning;
  }

  get store(): ObjectStore {
    if (!this.inBucket) {
      throw new Error('there is a bucket in tests only');
    }
    return this.inBucket;
  }

  /** With which a handler reads and writes the bucket of the test. */
  get environment(): Record<string, string> {
    const { endpoint, credentials } = this.s3 as LocalS3;
    return {
      STAGING_BUCKET: this.store.bucket,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  }

  async newBucket(): Promise<void> {
    const client = this.s3?.client;
    this.inBucket = new ObjectStore(`bucket-${this.buckets++}`, client);
    await client?.send(new CreateBucketCommand({ Bucket: this.inBucket.bucket }));
  }

  /** Writes objects that hold nothing but their keys. */
  async upload(...keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.store.put(key, key, 'text/csv')));
  }

  async plan(request: BatchRequest = {}, input: Partial<BatchInput> = {}, executionName = 'run-1'): Promise<Plan> {
    const settings = { ...SALES, input: { ...SALES.input, ...input } };
    return new Planner(settings, this.store, { executionName, request }).plan();
  }

  /** Gathers the results of a run and reports it, as the states at its end do. */
  async report(
    settings: BatchSettings,
    plan: Plan,
    { executionName = plan.runId, redriveCount = 0 } = {},
  ): Promise<ReportResponse> {
    const { combine } = await new Gatherer(settings, this.store, plan.runId, executionName).gather();
    const mapFailure = { Error: '', Cause: '' };
    return new Reporter(settings, this.store, { action: 'report', plan, combine, mapFailure, redriveCount }).report({
      stopped: 0,
    });
  }

  /** The items of a new run, as the manifest freezes them. */
  async items(request: BatchRequest = {}, input: Partial<BatchInput> = {}): Promise<BatchItem[]> {
    return this.itemsAt((await this.plan(request, input)).manifestKey);
  }

  async itemsAt(key: string): Promise<BatchItem[]> {
    const items = [];
    for await (const item of this.store.jsonLines<BatchItem>(key)) {
      items.push(item);
    }
    return items;
  }
}
