import { AWS_PRICES } from '../../../lib/contract/aws-prices';
import { PRICES } from '../../../lib/contract/service';
import { messagePattern } from '../../../lib/runtime/report/failure-groups';
import { Summarizer } from '../../../lib/runtime/report/summarize';
import { failedItem, item } from './sample-run';

const totalsOf = (...items: Parameters<Summarizer['add']>[0][]) => {
  const totals = new Summarizer();
  for (const one of items) {
    totals.add(one);
  }
  return totals;
};

test('counts items by how they ended, and the sessions that they ran in', () => {
  const totals = totalsOf(
    item({ sessionId: 'a' }),
    item({ sessionId: 'a' }),
    failedItem({ sessionId: 'b' }),
    item({ status: 'skipped', sessionId: 'of-an-earlier-execution' }),
  );
  expect(totals.counts).toEqual({ total: 4, succeeded: 2, failed: 1, skipped: 1 });
  expect(totals.sessionsUsed).toBe(2);
});

test('is zero for a run without items', () => {
  const totals = totalsOf();
  expect(totals.counts.total).toBe(0);
  expect(totals.failures).toEqual([]);
  // The workflow has run all the same.
  expect(totals.cost).toMatchObject({ cpu: 0, memory: 0, s3: 0 });
  expect(totals.cost.stepFunctions).toBeCloseTo(7 * AWS_PRICES.stateTransition, 6);
});

describe('failures', () => {
  const failure = (id: string, message: string, name: 'ScriptFailed' | 'TimedOut' = 'ScriptFailed') =>
    failedItem({ id, key: `in/${id}.csv`, error: { name, message } });

  test('are grouped by cause, most frequent first, with the first few items', () => {
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

  test('keep their very message as long as it is the same', () => {
    const message = 'ran longer than 300 s';
    const [group] = totalsOf(failure('a', message, 'TimedOut'), failure('b', message, 'TimedOut')).failures;
    expect(group).toMatchObject({ name: 'TimedOut', message, count: 2 });
  });

  test('with the same message but another name are another cause', () => {
    expect(totalsOf(failure('a', 'late', 'TimedOut'), failure('b', 'late')).failures).toHaveLength(2);
  });

  test('of which each is different do not grow without bound', () => {
    const word = (n: number) => [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const all = Array.from({ length: 1_000 }, (_, n) => failure(`item-${n}`, `no column ${word(n)}`));
    const { failures } = totalsOf(...all);
    expect(failures).toHaveLength(201);
    expect(failures[0]).toMatchObject({ message: 'other messages', count: 800 });
  });
});

test.each([
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
  test('is CPU time and memory by duration, at the prices of the contract', () => {
    const gigabyte = 1024 ** 3;
    const { cost } = totalsOf(
      item({ cpuSeconds: 1800, durationSeconds: 7200, peakMemoryBytes: gigabyte }),
      item({ cpuSeconds: 1800, durationSeconds: 3600, peakMemoryBytes: 2 * gigabyte }),
    );
    // Both in one session, which keeps the higher peak; three seconds for its start, and two groups with three calls.
    expect(cost.cpu).toBeCloseTo((3603 / 3600) * PRICES.vcpuHour, 6);
    expect(cost.memory).toBeCloseTo(((2 * (10_800 + 3 + 6 * 0.14)) / 3600) * PRICES.gbHour, 6);
    expect(cost.total).toBeCloseTo(cost.cpu + cost.memory + cost.lambda + cost.stepFunctions + cost.s3, 5);
    expect(cost.pricesAsOf).toBe(PRICES.asOf);
  });

  test('takes one busy vCPU and the smallest memory that is billed where nothing was measured', () => {
    const { cost } = totalsOf(item({ cpuSeconds: undefined, peakMemoryBytes: undefined, durationSeconds: 3600 }));
    expect(cost.cpu).toBeCloseTo((3603 / 3600) * PRICES.vcpuHour, 6);
    expect(cost.memory).toBeCloseTo(((3603 + 3 * 0.14) / 3600) * (PRICES.gbHour / 8), 6);
  });

  test('is without what an earlier execution of the run had done', () => {
    const { cost } = totalsOf(item({ status: 'skipped', cpuSeconds: 3600 }));
    expect(cost).toMatchObject({ cpu: 0, memory: 0, s3: 0 });
  });

  test('is also that of the workflow around the sessions, by items, sessions and files', () => {
    const file = { path: 'a.png', bytes: 1, contentType: 'image/png', key: 'k' };
    const some = Array.from({ length: 50 }, (_, n) =>
      item({ sessionId: `s${n % 2}`, durationSeconds: 60, files: [file, file] }),
    );
    const { cost } = totalsOf(...some);
    // Two sessions: seven transitions and three calls each, and as many for the run; a worker waits for both.
    expect(cost.stepFunctions).toBeCloseTo(21 * AWS_PRICES.stateTransition, 6);
    // Items of a minute share no group: three calls of the service each.
    const seconds = 50 * 60 + 2 * 3 + 50 * 3 * 0.14;
    // Each session takes 25 minutes, so the worker is called once more.
    expect(cost.lambda).toBeCloseTo(11 * AWS_PRICES.lambdaRequest + seconds * AWS_PRICES.lambdaGbSecond.arm64, 6);
    expect(cost.s3).toBeCloseTo(200 * AWS_PRICES.s3Write + 102 * AWS_PRICES.s3Read, 6);
  });

  test('of items in the background is that of looks at them, and of no worker that waits', () => {
    const totals = new Summarizer(true);
    totals.add(item({ sessionId: 's', durationSeconds: 7200 }));
    const looks = 2 + 120;
    expect(totals.cost.stepFunctions).toBeCloseTo((14 + 3 * looks) * AWS_PRICES.stateTransition, 6);
    const seconds = 3 + looks * 2;
    expect(totals.cost.lambda).toBeCloseTo(
      (6 + looks) * AWS_PRICES.lambdaRequest + seconds * AWS_PRICES.lambdaGbSecond.arm64,
      6,
    );
  });
});
