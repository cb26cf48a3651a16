import fc from 'fast-check';
import { combinationsOf, gridProblem } from '../../../lib/contract/parameter-grid';
import { combinationsIn } from '../../../lib/runtime/batch/input/grid';
import { itemId } from '../../../lib/runtime/batch/item-id';
import { Planning } from '../../support/planning';

describe('planning a run with a parameter grid', () => {
  const planning = Planning.forEachTest('incoming/a.csv', 'incoming/b.csv');

  const grid = { threshold: [1, 2.5], method: ['mean', 'the median'] };

  test('runs each item with each combination', async () => {
    const items = await planning.items({}, { grid });
    expect(items.map(({ id, parameters }) => [id, parameters])).toEqual([
      ['000001-a.csv-threshold-1-method-mean', { threshold: 1, method: 'mean' }],
      ['000002-a.csv-threshold-1-method-the-median', { threshold: 1, method: 'the median' }],
      ['000003-a.csv-threshold-2.5-method-mean', { threshold: 2.5, method: 'mean' }],
      ['000004-a.csv-threshold-2.5-method-the-median', { threshold: 2.5, method: 'the median' }],
      ['000005-b.csv-threshold-1-method-mean', { threshold: 1, method: 'mean' }],
      ['000006-b.csv-threshold-1-method-the-median', { threshold: 1, method: 'the median' }],
      ['000007-b.csv-threshold-2.5-method-mean', { threshold: 2.5, method: 'mean' }],
      ['000008-b.csv-threshold-2.5-method-the-median', { threshold: 2.5, method: 'the median' }],
    ]);
  });

  test("the request's takes the place of the batch's", async () => {
    expect((await planning.items({ grid: { n: [null] } }, { grid })).map(({ parameters }) => parameters)).toEqual([
      { n: null },
      { n: null },
    ]);
  });

  test('an empty one in the request is none', async () => {
    expect(await planning.items({ grid: {} }, { grid })).toEqual([
      { id: '000001-a.csv', key: 'incoming/a.csv', bytes: 14 },
      { id: '000002-b.csv', key: 'incoming/b.csv', bytes: 14 },
    ]);
  });

  test("goes together with an item's own parameters", async () => {
    const items = [{ key: 'incoming/a.csv', parameters: { currency: 'CHF' } }];
    expect((await planning.items({ items, grid: { n: [1, 2] } })).map(({ parameters }) => parameters)).toEqual([
      { currency: 'CHF', n: 1 },
      { currency: 'CHF', n: 2 },
    ]);
  });

  test('but not with an own parameter that it varies', async () => {
    const items = [{ key: 'incoming/a.csv', parameters: { n: 7 } }];
    await expect(planning.plan({ items, grid: { n: [1, 2] } })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'items.0: the item has a parameter "n", which the grid varies: leave it out of one of them',
    });
  });

  test.each([
    [{ grid: { n: [] } }, 'grid: "n" must be an array of at least one value, such as [1, 2]; got []'],
    [{ grid: { n: 1 } }, 'grid.n: '],
    [{ grid: { n: [1, 1] } }, 'grid: the values of "n" must differ; got 1 twice'],
    [{ grid: { '': [1] } }, 'the name of a parameter must be 1 to 64 characters; got ""'],
    [{ grid: { n: [1] }, parameters: { n: 2 } }, 'parameters.n: the grid varies it'],
    [
      { parameters: { text: 'x'.repeat(65_536) } },
      'parameters: they have 65547 bytes as JSON, of at most 65536: put what is long into an object of the setup',
    ],
    [
      { grid: { a: range(11), b: range(10), c: range(10) } },
      'grid: it has 1100 combinations of a, b, c; at most 1000 may be run on each item',
    ],
  ])('refuses %j', async (request, message) => {
    await expect(planning.plan(request as never)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining(message),
    });
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

const grids = fc
  .dictionary(
    fc.string({ minLength: 1, maxLength: 8 }),
    fc.uniqueArray(fc.oneof(fc.integer(), fc.string()), {
      minLength: 1,
      maxLength: 4,
      selector: (value) => JSON.stringify(value),
    }),
    { maxKeys: 4 },
  )
  .filter((grid) => gridProblem(grid) === undefined);

test('any grid: as many combinations as the product, all different, all of its values', () => {
  fc.assert(
    fc.property(grids, (grid) => {
      const found = combinationsIn(grid).map(({ parameters }) => parameters);
      expect(found).toHaveLength(combinationsOf(grid));
      expect(new Set(found.map((parameters) => JSON.stringify(parameters))).size).toBe(found.length);
      for (const parameters of found) {
        expect(Object.keys(parameters)).toEqual(Object.keys(grid));
        expect(Object.entries(parameters).every(([name, value]) => grid[name]?.includes(value as string))).toBe(true);
      }
    }),
  );
});

test('any id is short, safe as a file name, and begins with its place', () => {
  fc.assert(
    fc.property(fc.nat(999_998), fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (index, key, label) => {
      const id = itemId(index, `incoming/${key}`, label);
      expect(id).toMatch(/^[0-9]{6}[\p{L}\p{M}\p{N}._-]*$/u);
      expect(Buffer.byteLength(id)).toBeLessThanOrEqual(230);
      expect(Number(id.slice(0, 6))).toBe(index + 1);
    }),
  );
});
