import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { BatchRequest, BatchSettings, Plan } from '../../../lib/contract/batch';
import type { BatchItem } from '../../../lib/contract/batch-item';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import { Planner } from '../../../lib/runtime/batch/plan';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';

const SETTINGS: BatchSettings = {
  name: 'Sales',
  input: { kind: 'prefix', prefix: 'incoming/', suffixes: ['.csv'], keys: [] },
  script: { name: 'sales.py', language: 'python', parameters: { currency: 'EUR', rounded: true } },
  itemTimeoutSeconds: 60,
  longItems: false,
  sessionTimeoutSeconds: 900,
  toleratedFailurePercentage: 0,
};

describe('planning a run', () => {
  let s3: LocalS3;
  let store: ObjectStore;
  let buckets = 0;

  beforeAll(async () => {
    s3 = await startLocalS3();
  });

  afterAll(() => s3.stop());

  beforeEach(async () => {
    store = new ObjectStore(`bucket-${buckets++}`, s3.client);
    await s3.client.send(new CreateBucketCommand({ Bucket: store.bucket }));
  });

  async function upload(...keys: string[]): Promise<void> {
    await Promise.all(keys.map((key) => store.put(key, key, 'text/csv')));
  }

  async function plan(executionName: string, request: BatchRequest = {}, settings = SETTINGS): Promise<Plan> {
    return new Planner(settings, store, { executionName, request }).plan();
  }

  async function itemsAt(key: string): Promise<BatchItem[]> {
    const items = [];
    for await (const item of store.jsonLines<BatchItem>(key)) {
      items.push(item);
    }
    return items;
  }

  test('takes every object under the prefix that has one of the suffixes, in the order of the keys', async () => {
    await upload('incoming/b.csv', 'incoming/a.csv', 'incoming/2026/c.csv', 'incoming/readme.md', 'incoming/x.csv/');
    const { total, pending, pendingKey, manifestKey } = await plan('run-1');
    expect({ total, pending, pendingKey }).toEqual({
      total: 3,
      pending: 3,
      pendingKey: 'runs/Sales/run-1/pending/run-1.jsonl',
    });
    const expected = [
      { id: '000001-c.csv', key: 'incoming/2026/c.csv', bytes: 19 },
      { id: '000002-a.csv', key: 'incoming/a.csv', bytes: 14 },
      { id: '000003-b.csv', key: 'incoming/b.csv', bytes: 14 },
    ];
    expect(await itemsAt(manifestKey)).toEqual(expected);
    expect(await itemsAt(pendingKey)).toEqual(expected);
  });

  test('narrows to the prefix of the request', async () => {
    await upload('incoming/2025/a.csv', 'incoming/2026/b.csv');
    expect(await itemsAt((await plan('run-1', { prefix: 'incoming/2026/' })).manifestKey)).toMatchObject([
      { key: 'incoming/2026/b.csv' },
    ]);
  });

  test('takes exactly the items that the request lists, with their parameters', async () => {
    await upload('incoming/a.csv', 'incoming/b.csv', 'incoming/c.csv');
    const items = ['incoming/c.csv', { key: 'incoming/a.csv', parameters: { currency: 'CHF' } }];
    expect(await itemsAt((await plan('run-1', { items })).manifestKey)).toEqual([
      { id: '000001-c.csv', key: 'incoming/c.csv', bytes: 14 },
      { id: '000002-a.csv', key: 'incoming/a.csv', bytes: 14, parameters: { currency: 'CHF' } },
    ]);
  });

  test('lays the parameters of the request over those of the script', async () => {
    await upload('incoming/a.csv');
    expect((await plan('run-1', { parameters: { currency: 'USD' } })).parameters).toEqual({
      currency: 'USD',
      rounded: true,
    });
  });

  test('a batch of given items wants to be given some', async () => {
    const settings = { ...SETTINGS, input: { ...SETTINGS.input, kind: 'items' as const } };
    await expect(plan('run-1', {}, settings)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('items: this batch takes its items from there'),
    });
  });

  describe('again, under the id of a run', () => {
    beforeEach(async () => {
      await upload('incoming/a.csv', 'incoming/b.csv', 'incoming/c.csv');
      await plan('run-1', { parameters: { currency: 'USD' } });
      await store.put('runs/Sales/run-1/items/000001-a.csv/result.json', '{"status":"succeeded"}', 'application/json');
      await store.put('runs/Sales/run-1/items/000002-b.csv/result.json', '{"status":"failed"}', 'application/json');
    });

    test('does what has failed and what has no result, and nothing else', async () => {
      const { pendingKey, total, pending } = await plan('run-2', { runId: 'run-1' });
      expect({ total, pending }).toEqual({ total: 3, pending: 2 });
      expect(pendingKey).toBe('runs/Sales/run-1/pending/run-2.jsonl');
      expect((await itemsAt(pendingKey)).map(({ id }) => id)).toEqual(['000002-b.csv', '000003-c.csv']);
    });

    test('makes way for the new result of what had failed, and keeps the others', async () => {
      await plan('run-2', { runId: 'run-1' });
      expect(await store.find('runs/Sales/run-1/items/000002-b.csv/result.json')).toBeUndefined();
      expect(await store.find('runs/Sales/run-1/items/000001-a.csv/result.json')).toBeDefined();
    });

    test('sees the items and the parameters as they were, whatever has come since', async () => {
      await upload('incoming/0-new.csv');
      const { total, parameters, startedAt } = await plan('run-2', { runId: 'run-1', parameters: { currency: 'JPY' } });
      expect({ total, parameters }).toEqual({ total: 3, parameters: { currency: 'USD', rounded: true } });
      expect(Date.parse(startedAt)).toBeLessThanOrEqual(Date.now());
    });
  });
});
