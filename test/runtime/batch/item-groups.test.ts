import fc from 'fast-check';
import type { BatchItem } from '../../../lib/contract/batch-item';
import { INLINE_INPUT_BYTES, isInline, nextGroup } from '../../../lib/runtime/batch/item-groups';

const item = (id: number, bytes = 10): BatchItem => ({ id: String(id), key: `incoming/${id}`, bytes });
const items = (count: number) => Array.from({ length: count }, (_, id) => item(id));
const ids = (group: BatchItem[]) => group.map(({ id }) => id);

describe('the items that share their round trips', () => {
  test('the first item goes alone, since it is not known how long items take', () => {
    expect(ids(nextGroup(items(10), new Set(), undefined))).toEqual(['0']);
  });

  test('quick items go 25 at a time', () => {
    expect(nextGroup(items(100), new Set(), 0.01)).toHaveLength(25);
  });

  test('slower items go as many as take about ten seconds', () => {
    expect(nextGroup(items(100), new Set(), 2)).toHaveLength(5);
  });

  test('an item that takes longer than that goes alone', () => {
    expect(nextGroup(items(100), new Set(), 60)).toHaveLength(1);
  });

  test('a suspect goes alone, and nobody goes with it', () => {
    expect(ids(nextGroup(items(5), new Set(['0']), 0.01))).toEqual(['0']);
    expect(ids(nextGroup(items(5), new Set(['2']), 0.01))).toEqual(['0', '1']);
  });

  test('what is in S3 only does not count against what one request carries', () => {
    const large = Array.from({ length: 25 }, (_, id) => item(id, 1_000_000_000));
    expect(large.some(isInline)).toBe(false);
    expect(nextGroup(large, new Set(), 0.01)).toHaveLength(25);
  });

  test('every group is a beginning of what is left, is not empty, and fits into a request', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 2 * INLINE_INPUT_BYTES }), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat({ max: 60 })),
        fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
        (sizes, suspects, seconds) => {
          const left = sizes.map((bytes, id) => item(id, bytes));
          const group = nextGroup(left, new Set(suspects.map(String)), seconds);
          const inline = group.filter(isInline).reduce((sum, { bytes }) => sum + bytes, 0);
          expect(group.length).toBeGreaterThan(0);
          expect(group).toEqual(left.slice(0, group.length));
          expect(inline).toBeLessThanOrEqual(32_000_000);
        },
      ),
    );
  });
});
