import { PRICES } from '../../../lib/contract/service';
import { messagePattern } from '../../../lib/runtime/report/failure-groups';
import { Summarizer } from '../../../lib/runtime/report/summarize';
import { failedItem, item } from './sample-run';

const totalsOf = (...items: Parameters<Summarizer['add']>[0][]) => {
  const totals = new Summarizer();
  for (const one of items) totals.add(one);
  return totals;
};

it('counts items by how they ended, and the sessions that they ran in', () => {
  const totals = totalsOf(
    item({ sessionId: 'a' }),
    item({ sessionId: 'a' }),
    failedItem({ sessionId: 'b' }),
    item({ status: 'skipped', sessionId: 'of-an-earlier-execution' }),
  );
  expect(totals.counts).toEqual({ total: 4, succeeded: 2, failed: 1, skipped: 1 });
  expect(totals.sessionsUsed).toBe(2);
});

it('is all zero for a run without items', () => {
  const totals = totalsOf();
  expect(totals.counts.total).toBe(0);
  expect(totals.failures).toEqual([]);
  expect(totals.cost).toEqual({ cpu: 0, memory: 0, total: 0, pricesAsOf: PRICES.asOf });
});

describe('failures', () => {
  const failure = (id: string, message: string, name: 'ScriptFailed' | 'TimedOut' = 'ScriptFailed') =>
    failedItem({ id, key: `in/${id}.csv`, error: { name, message } });

  it('are grouped by cause, most frequent first, with the first few items', () => {
    const many = Array.from({ length: 9 }, (_, n) => failure(`store-${n}`, `KeyError: 'price' in line ${n}`));
    expect(totalsOf(failure('other', 'MemoryError'), ...many).failures).toEqual([
      {
        name: 'ScriptFailed',
        message: "KeyError: 'price' in line N",
        count: 9,
        items: ['store-0', 'store-1', 'store-2', 'store-3', 'store-4'],
      },
      { name: 'ScriptFailed', message: 'MemoryError', count: 1, items: ['other'] },
    ]);
  });

  it('keep their very message as long as it is the same', () => {
    const message = 'ran longer than 300 s';
    const [group] = totalsOf(failure('a', message, 'TimedOut'), failure('b', message, 'TimedOut')).failures;
    expect(group).toMatchObject({ name: 'TimedOut', message, count: 2 });
  });

  it('with the same message but another name are another cause', () => {
    expect(totalsOf(failure('a', 'late', 'TimedOut'), failure('b', 'late')).failures).toHaveLength(2);
  });

  it('of which each is different do not grow without bound', () => {
    const word = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const all = Array.from({ length: 1_000 }, (_, n) => failure(`item-${n}`, `no column ${word(n)}`));
    const { failures } = totalsOf(...all);
    expect(failures).toHaveLength(201);
    expect(failures[0]).toMatchObject({ message: 'other messages', count: 800 });
  });
});

it.each([
  ['in/sales/berlin.csv is empty', '{item} is empty'],
  ['berlin.csv: line 7: 3 columns, not 4.5', '{item}: line N: N columns, not N'],
  ['no store named berlin', 'no store named {item}'],
  ['object at 0x7f3a9c', 'object at {address}'],
  ['lost 0b0f7c1e-5a52-4d6f-9a52-3f0f7c1e5a52', 'lost {id}'],
  ['late since 2026-11-22T14:03:05.123Z', 'late since {time}'],
  ['utf8 codec, float64 column', 'utf8 codec, float64 column'],
])('a message without what is particular to its item: %s', (message, pattern) => {
  expect(messagePattern(message, { id: '00017-berlin', key: 'in/sales/berlin.csv' })).toBe(pattern);
});

describe('the estimated cost', () => {
  it('is CPU time and memory by duration, at the prices of the contract', () => {
    const gigabyte = 1024 ** 3;
    const { cost } = totalsOf(
      item({ cpuSeconds: 1800, durationSeconds: 7200, peakMemoryBytes: gigabyte }),
      item({ cpuSeconds: 1800, durationSeconds: 3600, peakMemoryBytes: 2 * gigabyte }),
    );
    expect(cost.cpu).toBeCloseTo(PRICES.vcpuHour, 6);
    expect(cost.memory).toBeCloseTo(4 * PRICES.gbHour, 6);
    expect(cost.total).toBeCloseTo(cost.cpu + cost.memory, 6);
    expect(cost.pricesAsOf).toBe(PRICES.asOf);
  });

  it('takes one busy vCPU and the smallest memory that is billed where nothing was measured', () => {
    const { cost } = totalsOf(item({ cpuSeconds: undefined, peakMemoryBytes: undefined, durationSeconds: 3600 }));
    expect(cost.cpu).toBeCloseTo(PRICES.vcpuHour, 6);
    expect(cost.memory).toBeCloseTo(PRICES.gbHour / 8, 6);
  });

  it('is without what an earlier execution of the run had done', () => {
    expect(totalsOf(item({ status: 'skipped', cpuSeconds: 3600 })).cost.total).toBe(0);
  });
});
