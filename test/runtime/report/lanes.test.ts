import { lanesOf, type Timed } from '../../../lib/runtime/report/page/lanes';

/** An item of a session, from a second to another. */
const ran = (session: number, from: number, to: number): Timed => ({
  index: 0,
  id: `${session}-${from}`,
  key: 'in/a.csv',
  file: 'a.csv',
  name: 'a.csv',
  own: [],
  status: 'succeeded',
  session,
  started: from * 1000,
  duration: to - from,
  cells: [],
});
const sessionsIn = (...items: Timed[]) => lanesOf(items).map((lane) => lane.map(({ session }) => session));

test('there are as many lanes as sessions ran at once', () => {
  expect(sessionsIn(ran(0, 0, 10), ran(1, 2, 6), ran(2, 6, 9), ran(3, 10, 12))).toEqual([
    [0, 3],
    [1, 2],
  ]);
});

test('a session has its lane to itself from its first item to the end of its last', () => {
  const [lane] = lanesOf([ran(7, 5, 6), ran(7, 0, 2), ran(7, 2, 4)]);
  expect(lane).toMatchObject([{ session: 7, start: 0, end: 6_000 }]);
  expect(lane?.[0]?.items.map(({ started }) => started)).toEqual([0, 2_000, 5_000]);
  expect(sessionsIn(ran(7, 0, 2), ran(7, 5, 6), ran(8, 3, 4))).toEqual([[7], [8]]);
});

test('no items, no lanes', () => {
  expect(lanesOf([])).toEqual([]);
});
