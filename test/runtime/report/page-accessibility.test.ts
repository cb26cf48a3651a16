/** @needs Chromium */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { reportOpener } from './browser';
import { chart, failedItem, item, manyItems, reportOf, sampleSource } from './sample-run';

const open = reportOpener();
const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds, the rules of WCAG 2.2 and good practice alike: the rule, and the elements. */
async function violationsOf(page: Page): Promise<string[]> {
  // The report's policy lets no script in; a debugger may evaluate one.
  await page.evaluate(axe);
  return await page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`,
  );
}

/** Everything that a report can have. */
const ITEMS = [
  item({ files: [chart(), chart('large.svg', { bytes: 900 })], parameters: { threshold: 1 } }),
  item({ id: 'again', key: 'incoming/cars.csv', parameters: { threshold: 2 }, row: { text: 'long '.repeat(20) } }),
  item({ id: 'before', status: 'skipped' }),
  failedItem(),
  failedItem({ id: 'unset', error: { name: 'SetupFailed', message: 'exit code 1' } }),
  ...manyItems(60),
];
const COMBINED = item({ id: 'combined', files: [chart()], row: { stores: 3, by_region: { north: 1 } } });

describe.each(['light', 'dark'] as const)('in %s colours, nothing is wrong with', (colorScheme) => {
  test('a report with everything in it, folded and unfolded', async () => {
    const html = await reportOf(sampleSource(ITEMS, { combined: COMBINED }), { largestChartBytes: 800 });
    const { page } = await open(html, { colorScheme });
    expect(await violationsOf(page)).toEqual([]);
    await page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
    expect(await violationsOf(page)).toEqual([]);
  });

  test.each([
    [0, 'all of it'],
    [3, 'its traceback'],
  ])('the dialog of item %i, with %s', async (index) => {
    const { page } = await open(await reportOf(sampleSource(ITEMS)), { colorScheme });
    await page.locator('#items tbody button').nth(index).click();
    expect(await violationsOf(page)).toEqual([]);
  });

  test('a report of a run without items', async () => {
    const { page } = await open(await reportOf(sampleSource([])), { colorScheme });
    expect(await violationsOf(page)).toEqual([]);
  });

  test('a report on a phone', async () => {
    const html = await reportOf(sampleSource(ITEMS, { combined: COMBINED }));
    const { page } = await open(html, { colorScheme, viewport: { width: 380, height: 700 } });
    expect(await violationsOf(page)).toEqual([]);
  });
});
