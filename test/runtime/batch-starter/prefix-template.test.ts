import { fillPrefix } from '../../../lib/runtime/batch-starter/prefix-template';

const LATE = new Date('2026-11-22T23:30:00Z');

test.each([
  ['incoming/{date}/', 'Etc/UTC', 'incoming/2026-11-22/'],
  ['incoming/{date}/', 'Europe/Zurich', 'incoming/2026-11-23/'],
  ['incoming/{yyyy}/{MM}/{dd}/', 'America/Los_Angeles', 'incoming/2026/11/22/'],
  ['incoming/{HH}{mm}/', 'Asia/Kolkata', 'incoming/0500/'],
  ['incoming/{HH}/', 'Europe/Zurich', 'incoming/00/'],
  ['incoming/fixed/', 'Etc/UTC', 'incoming/fixed/'],
])('%s in %s', (template, timeZone, expected) => {
  expect(fillPrefix(template, LATE, timeZone)).toBe(expected);
});

test('the hour that a clock is set back comes twice, with the same fields', () => {
  const hours = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((time) =>
    fillPrefix('{date}T{HH}', new Date(time), 'Europe/Zurich'),
  );
  expect(hours).toEqual(['2026-10-25T02', '2026-10-25T02']);
});
