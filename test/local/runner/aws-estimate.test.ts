/** @needs Python */
import { AWS_PRICES } from '../../../lib/contract/aws-prices';
import type { ItemResult } from '../../../lib/contract/batch-item';
import { PRICES } from '../../../lib/contract/service';
import { type BatchShape, estimateOnAws, measure, shapeOf } from '../../../lib/local/runner/aws-estimate';
import { readDeployment } from '../../../lib/local/runner/deployment';
import type { RunUse } from '../../../lib/runtime/report/run-use';
import { Summarizer } from '../../../lib/runtime/report/summarize';
import { Scratch } from '../../support/local-batch';

const SHAPE: BatchShape = {
  itemsPerSession: 25,
  maxConcurrency: 10,
  longItems: false,
  worker: { gb: 1, architecture: 'arm64' },
};
/** Of one item. */
const MEASURED = { items: 1, sessions: 1, seconds: 2, cpuSeconds: 1, peakBytes: 1024 ** 3, files: 1, looks: 0 };

function result(facts: Partial<ItemResult>): ItemResult {
  return {
    ...{ id: '000001-a', key: 'in/a', bytes: 1, status: 'succeeded', startedAt: '', durationSeconds: 2, files: [] },
    ...facts,
  };
}

describe('what a batch would cost on AWS', () => {
  test('the shape comes from the template', async () => {
    const scratch = await Scratch.make();
    try {
      scratch.synthesize('count.py', { itemsPerSession: 7, maxConcurrency: 3 });
      expect(shapeOf(readDeployment(scratch.assembly))).toEqual({ ...SHAPE, itemsPerSession: 7, maxConcurrency: 3 });
    } finally {
      await scratch.remove();
    }
  });

  test('is judged by the items that ran, failed ones too, and not by those that did not', () => {
    const file = { path: 'a', bytes: 1, contentType: '', key: '' };
    const ran = { sessionId: 's', cpuSeconds: 1 };
    expect(
      measure(
        [
          result({ ...ran, durationSeconds: 3, peakMemoryBytes: 2 * 1024 ** 3, files: [file, file] }),
          result({ ...ran, durationSeconds: 1, status: 'failed' }),
          result({ sessionId: undefined, durationSeconds: 0, status: 'failed' }),
        ],
        false,
      ),
    ).toEqual({ items: 2, sessions: 1, seconds: 4, cpuSeconds: 2, peakBytes: 2 * 1024 ** 3, files: 2, looks: 0 });
    expect(measure([result({ sessionId: undefined })], false)).toBeUndefined();
  });

  test('is what the report says, where all items ran', () => {
    const results = Array.from({ length: 60 }, (_, index) =>
      result({
        id: String(index),
        sessionId: `session-${Math.floor(index / 25)}`,
        durationSeconds: 0.2 + (index % 7),
        cpuSeconds: 0.1 + (index % 5),
        peakMemoryBytes: (index % 11) * 100 * 1024 ** 2,
      }),
    );
    for (const longItems of [false, true]) {
      const totals = new Summarizer(longItems);
      for (const each of results) {
        totals.add(each);
      }
      const measured = measure(results, longItems);
      const { cost } = estimateOnAws(60, measured as RunUse, { ...SHAPE, longItems });
      for (const part of ['cpu', 'memory', 'lambda', 'stepFunctions', 's3', 'total'] as const) {
        expect([part, totals.cost[part]]).toEqual([part, Math.round(cost[part] * 1e6) / 1e6]);
      }
    }
  });

  test('adds up to what docs/local.md works out by hand', () => {
    const { cost: estimate, seconds } = estimateOnAws(1_000, MEASURED, SHAPE);
    // 40 sessions of 25 items: 3 s around them, 50 s of work, 1 + 24 / 5 groups with three calls of 0.14 s each.
    const sessionSeconds = 3 + 50 + 3 * (1 + 24 / 5) * 0.14;
    expect(estimate.cpu).toBeCloseTo(((1_000 + 40 * 3) / 3600) * PRICES.vcpuHour, 10);
    expect(estimate.memory).toBeCloseTo(((40 * sessionSeconds) / 3600) * PRICES.gbHour, 10);
    expect(estimate.stepFunctions).toBeCloseTo((7 + 40 * 7) * AWS_PRICES.stateTransition, 10);
    expect(estimate.lambda).toBeCloseTo(
      123 * AWS_PRICES.lambdaRequest + 40 * sessionSeconds * AWS_PRICES.lambdaGbSecond.arm64,
      10,
    );
    expect(estimate.s3).toBeCloseTo(3_000 * AWS_PRICES.s3Write + 2_040 * AWS_PRICES.s3Read, 10);
    expect(estimate.total).toBeCloseTo(
      estimate.cpu + estimate.memory + estimate.lambda + estimate.stepFunctions + estimate.s3,
      10,
    );
    // Ten at once, so four after another.
    expect(seconds).toBeCloseTo(10 + 4 * sessionSeconds, 10);
  });

  test('no account makes more than 30 calls a second, however many sessions there are', () => {
    const tiny = { ...MEASURED, seconds: 0.01 };
    const { seconds } = estimateOnAws(1_000_000, tiny, { ...SHAPE, maxConcurrency: 1_000 });
    expect(seconds).toBeGreaterThan((0.235 * 1_000_000) / 30);
  });

  test('an item that runs in the background costs looks at it, not a Lambda that waits', () => {
    const hour = { ...MEASURED, seconds: 3_600, looks: 62 };
    const { cost: long } = estimateOnAws(10, hour, { ...SHAPE, longItems: true });
    const looks = 10 * 62;
    expect(long.lambda).toBeCloseTo(
      (3 + 3 + looks) * AWS_PRICES.lambdaRequest + (3 + looks * 2) * AWS_PRICES.lambdaGbSecond.arm64,
      10,
    );
    expect(long.stepFunctions).toBeCloseTo((7 + 7 + 3 * looks) * AWS_PRICES.stateTransition, 10);
  });
});
