import { bins, type Query, quantile, select } from '../../../lib/runtime/report/page/query';
import { commonFolder, type Item } from '../../../lib/runtime/report/page/run';

const ALL: Query = { search: '', status: 'all', sort: 'order', descending: false };

const items = (...cells: Item['cells'][]): Item[] =>
  cells.map((own, index) => ({
    index,
    id: `id-${index}`,
    key: `in/file-${index}.csv`,
    file: `file-${index}.csv`,
    name: `file-${index}.csv`,
    own: [`n=${index}`],
    status: index % 2 === 0 ? 'succeeded' : 'failed',
    started: index,
    duration: index,
    cells: own,
  }));

const order = (all: Item[], query: Partial<Query>) => select(all, { ...ALL, ...query }).map((item) => item.index);

test('sorts numbers as numbers, texts with numbers by those, and what is missing last in both directions', () => {
  const numbers = items([10], [9], [null], [100]);
  expect(order(numbers, { sort: 0 })).toEqual([1, 0, 3, 2]);
  expect(order(numbers, { sort: 0, descending: true })).toEqual([3, 0, 1, 2]);
  expect(order(items(['file 10'], ['file 9'], []), { sort: 0 })).toEqual([1, 0, 2]);
});

test('keeps the order of the manifest among equals', () => {
  expect(order(items([1], [1], [0], [1]), { sort: 0, descending: true })).toEqual([0, 1, 3, 2]);
});

test('puts failed items first when sorted by status', () => {
  expect(order(items([], [], []), { sort: 'status' })).toEqual([1, 0, 2]);
});

test('finds every word, in any of the texts, whatever the case', () => {
  const all = items(['Berlin'], ['Bern'], ['Rome']);
  expect(order(all, { search: 'BER' })).toEqual([0, 1]);
  expect(order(all, { search: ' ber  file-1 ' })).toEqual([1]);
  expect(order(all, { search: 'ber', status: 'failed' })).toEqual([1]);
});

test('finds an item by its own parameters, as they are written in a grid', () => {
  expect(order(items([], [], []), { search: 'n=2' })).toEqual([2]);
});

test.each([
  [[], ''],
  [['a/b/c.csv', 'a/b/d.csv'], 'a/b/'],
  [['a/b/c.csv', 'a/bc/d.csv'], 'a/'],
  [['a/b.csv', 'c/d.csv'], ''],
  [['only.csv'], ''],
])('the folder that %j have in common is %j', (keys, folder) => {
  expect(commonFolder(keys)).toBe(folder);
});

test('quantiles lie between the values', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([7], 0.99)).toBe(7);
});

test.each([
  [9.7, 10, { width: 1, count: 10 }],
  [10, 10, { width: 1, count: 10 }],
  [0.031, 8, { width: 0.005, count: 7 }],
  [0, 8, { width: 1, count: 1 }],
])('durations up to %d in about %d bins', (largest, count, expected) => {
  expect(bins(largest, count)).toEqual(expected);
});
