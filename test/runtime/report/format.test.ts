import {
  columnFormat,
  formatBytes,
  formatDateTime,
  formatDuration,
  formatUsd,
  momentFormat,
  plural,
} from '../../../lib/runtime/report/format';

test.each([
  [0, '0.00 s'],
  [9.994, '9.99 s'],
  [9.996, '10.0 s'],
  [59.97, '1 min 00 s'],
  [245, '4 min 05 s'],
  [3599.6, '1 h 00 min'],
  [7620, '2 h 07 min'],
  [Number.NaN, '–'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KB'],
  [199_229_440, '190 MB'],
  [1024 ** 2 - 1, '1.0 MB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [0, '$0.00'],
  [0.000_000_2, 'less than $0.000001'],
  [0.000_036_4, '$0.000036'],
  [0.0092, '$0.0092'],
  [0.0149, '$0.01'],
  [1234.5, '$1,234.50'],
])('%d dollars are %s', (dollars, text) => {
  expect(formatUsd(dollars)).toBe(text);
});

test.each([
  [
    [406, 10_000],
    ['406', '10,000'],
  ],
  [
    [0.38, 17.97, 0],
    ['0.38', '17.97', '0.00'],
  ],
  [
    [0.123_456_7, -0.5],
    ['0.1235', '-0.5000'],
  ],
  [
    [1234.567, 0.25],
    ['1,234.6', '0.3'],
  ],
  [
    [123_456.7, 1.5],
    ['123,457', '2'],
  ],
  [
    [0.000_012_3, 0],
    ['1.23e-5', '0.0000'],
  ],
  [
    [1e20, Number.NaN],
    ['1.00e+20', 'NaN'],
  ],
])('the figures %j of a column stand below each other as %j', (values, texts) => {
  expect(values.map(columnFormat(values))).toEqual(texts);
});

test('years and identifiers are written without separators', () => {
  expect(columnFormat([2026], 'first_year')(2026)).toBe('2026');
  expect(columnFormat([10_115], 'zip')(10_115)).toBe('10115');
});

test('times are UTC, and what is no time stays as it is', () => {
  expect(formatDateTime('2026-11-22T15:03:05+01:00')).toBe('22 Nov 2026, 14:03:05 UTC');
  expect(formatDateTime('soon')).toBe('soon');
});

test.each([
  ['2026-11-22T14:03:05.250Z', '2026-11-22T14:03:09Z', '14:03:05.2'],
  ['2026-11-22T14:03:05Z', '2026-11-22T15:00:00Z', '14:03:05'],
  ['2026-11-22T14:03:05Z', '2026-11-23T15:00:00Z', '22 Nov, 14:03'],
])('moments from %s to %s are written as %s', (from, to, text) => {
  expect(momentFormat(Date.parse(from), Date.parse(to))(Date.parse(from))).toBe(text);
});

test('counts', () => {
  expect([plural(1, 'item'), plural(2000, 'item')]).toEqual(['1 item', '2,000 items']);
});
