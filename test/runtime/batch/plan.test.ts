import { Planning } from '../../support/planning';

describe('planning a run', () => {
  const planning = Planning.forEachTest();

  test('takes every object under the prefix that has one of the suffixes, in the order of the keys', async () => {
    await planning.upload(
      'incoming/b.csv',
      'incoming/a.csv',
      'incoming/2026/c.csv',
      'incoming/readme.md',
      'incoming/x.csv/',
    );
    const { total, pending, pendingKey, manifestKey } = await planning.plan();
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
    expect(await planning.itemsAt(manifestKey)).toEqual(expected);
    expect(await planning.itemsAt(pendingKey)).toEqual(expected);
  });

  test('narrows to the prefix of the request', async () => {
    await planning.upload('incoming/2025/a.csv', 'incoming/2026/b.csv');
    expect(await planning.itemsAt((await planning.plan({ prefix: 'incoming/2026/' })).manifestKey)).toMatchObject([
      { key: 'incoming/2026/b.csv' },
    ]);
  });

  test('takes exactly the items that the request lists, with their parameters', async () => {
    await planning.upload('incoming/a.csv', 'incoming/b.csv', 'incoming/c.csv');
    const items = ['incoming/c.csv', { key: 'incoming/a.csv', parameters: { currency: 'CHF' } }];
    expect(await planning.itemsAt((await planning.plan({ items })).manifestKey)).toEqual([
      { id: '000001-c.csv', key: 'incoming/c.csv', bytes: 14 },
      { id: '000002-a.csv', key: 'incoming/a.csv', bytes: 14, parameters: { currency: 'CHF' } },
    ]);
  });

  test('lays the parameters of the request over those of the script', async () => {
    await planning.upload('incoming/a.csv');
    expect((await planning.plan({ parameters: { currency: 'USD' } })).parameters).toEqual({
      currency: 'USD',
      rounded: true,
    });
  });

  test('a batch of given items wants to be given some', async () => {
    await expect(planning.plan({}, { kind: 'items' })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('items: this batch takes its items from there'),
    });
  });

  describe('again, under the id of a run', () => {
    beforeEach(async () => {
      await planning.upload('incoming/a.csv', 'incoming/b.csv', 'incoming/c.csv');
      await planning.plan({ parameters: { currency: 'USD' } });
      await planning.store.put(
        'runs/Sales/run-1/items/000001-a.csv/result.json',
        '{"status":"succeeded"}',
        'application/json',
      );
      await planning.store.put(
        'runs/Sales/run-1/items/000002-b.csv/result.json',
        '{"status":"failed"}',
        'application/json',
      );
    });

    test('does what has failed and what has no result, and nothing else', async () => {
      const { pendingKey, total, pending } = await planning.plan({ runId: 'run-1' }, {}, 'run-2');
      expect({ total, pending }).toEqual({ total: 3, pending: 2 });
      expect(pendingKey).toBe('runs/Sales/run-1/pending/run-2.jsonl');
      expect((await planning.itemsAt(pendingKey)).map(({ id }) => id)).toEqual(['000002-b.csv', '000003-c.csv']);
    });

    test('makes way for the new result of what had failed, and keeps the others', async () => {
      await planning.plan({ runId: 'run-1' }, {}, 'run-2');
      expect(await planning.store.stat('runs/Sales/run-1/items/000002-b.csv/result.json')).toBeUndefined();
      expect(await planning.store.stat('runs/Sales/run-1/items/000001-a.csv/result.json')).toBeDefined();
    });

    test('sees the items and the parameters as they were, whatever has come since', async () => {
      await planning.upload('incoming/0-new.csv');
      const { total, parameters, startedAt } = await planning.plan(
        { runId: 'run-1', parameters: { currency: 'JPY' } },
        {},
        'run-2',
      );
      expect({ total, parameters }).toEqual({ total: 3, parameters: { currency: 'USD', rounded: true } });
      expect(Date.parse(startedAt)).toBeLessThanOrEqual(Date.now());
    });
  });
});
