import { isTolerated, toleratedInWords } from '../../../lib/runtime/batch/tolerance';

const counts = (failed: number, total: number) => ({ total, failed, succeeded: total - failed, skipped: 0 });

test.each([
  ['nothing said: none may fail', {}, 0, true],
  ['nothing said: one is too many', {}, 1, false],
  ['as much as the share', { percentage: 5 }, 5, true],
  ['more than the share', { percentage: 5 }, 6, false],
  ['as many as the count', { count: 3 }, 3, true],
  ['more than the count', { count: 3 }, 4, false],
  ['within both', { percentage: 5, count: 3 }, 3, true],
  ['within the share, but not the count', { percentage: 5, count: 3 }, 4, false],
  ['within the count, but not the share', { percentage: 5, count: 30 }, 6, false],
  ['a share of nothing', { percentage: 0 }, 1, false],
])('%s', (_, tolerance, failed, expected) => {
  expect(isTolerated(counts(failed, 100), tolerance)).toBe(expected);
});

test('in words', () => {
  expect(
    [{}, { percentage: 5 }, { count: 1 }, { count: 2 }, { percentage: 2.5, count: 10 }].map(toleratedInWords),
  ).toEqual(['0 items', '5 %', '1 item', '2 items', '2.5 % and 10 items']);
});
