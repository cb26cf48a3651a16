import { reportOpener } from './browser';
import { chart, failedItem, item, reportOf, sampleSource } from './sample-run';

const open = reportOpener();

const COMBINED = item({
  id: 'combined',
  row: { stores: 12, best_store: 'Bern', verified: true, by_region: { north: 4 }, note: 'x'.repeat(60) },
  files: [
    chart('overall.svg', { key: 'runs/sales/r1/combined/files/overall.svg' }),
    chart('ranking.csv', { contentType: 'text/csv', key: 'runs/sales/r1/combined/files/ranking.csv', bytes: 2_300 }),
  ],
  stdout: { bytes: 20, excerpt: 'read 2 results' },
});
const ITEMS = [item({ files: [chart()] }), item({ id: 'stocks' })];

async function openWith(combined = COMBINED, options = {}) {
  const report = await open(await reportOf(sampleSource(ITEMS, { combined }), options));
  return { page: report.page, section: report.page.locator('#combined') };
}

test('is not there without one', async () => {
  const { page } = await open(await reportOf(sampleSource(ITEMS)));
  expect(await page.locator('#combined').isVisible()).toBe(false);
  expect(await page.locator('nav').innerText()).not.toContain('Combined');
});

test('comes right after the overview, with how it ended and how long it took', async () => {
  const { page, section } = await openWith();
  expect(await page.locator('main > section:visible h2').allTextContents()).toEqual([
    'Combined result',
    'Items',
    'Charts',
    'Timing',
  ]);
  expect(await section.innerText()).toMatch(
    /^Combined result\s+Succeeded\s+took 2\.40 s, 2\.10 s of CPU time, 190 MB of memory/,
  );
});

test('shows short figures large, and what is longer or nested in a table', async () => {
  const { section } = await openWith();
  expect(await section.locator('dl').innerText()).toMatch(/^stores\s+12\s+best store\s+Bern\s+verified\s+yes$/);
  const more = section.locator('section', { hasText: 'More figures' });
  expect(await more.innerText()).toMatch(/by_region\s+\{\s+"north": 4\s+\}\s+note\s+x{60}/);
});

test('shows its charts as wide as the page allows, and has files, and what it printed', async () => {
  const { page, section } = await openWith();
  const frame = await section.locator('figure').boundingBox();
  const whole = await section.boundingBox();
  expect(frame?.width).toBe(whole?.width);
  const width = section.locator('img').evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth));
  expect(await width).toBe(300);
  expect(await section.getByRole('region').innerText()).toMatch(/ranking\.csv\s+2\.2 KB/);
  await section.getByText('Printed output').click();
  expect(await section.getByText('read 2 results').isVisible()).toBe(true);
  // It is none of the items, nor of their charts.
  expect(await page.locator('#items tbody tr').count()).toBe(2);
  expect(await page.locator('#charts .chart').count()).toBe(1);
  expect(await page.locator('#items thead').innerText()).not.toContain('stores');
});

test('has the first claim on the room for charts', async () => {
  const { page, section } = await openWith(COMBINED, { chartBytes: 500 });
  expect(await section.locator('img').count()).toBe(1);
  await page.getByText('1 chart is not in this report').click();
  expect(await page.locator('#charts').innerText()).toContain('items/x/files/figure-1.svg');
});

test('that failed shows the error with its traceback', async () => {
  const { section } = await openWith(failedItem({ id: 'combined', stdout: { bytes: 9, excerpt: 'got so far' } }));
  const text = await section.innerText();
  expect(text).toMatch(/Failed\s+took 2\.40 s/);
  expect(text).toContain('The script failed. ValueError: combined.csv holds no table');
  expect(text).toContain('File "analysis.py", line 42');
  expect(await section.locator('img').count()).toBe(0);
});

test('names a chart of its own that was left out', async () => {
  const { page, section } = await openWith(COMBINED, { largestChartBytes: 399 });
  expect(await section.innerText()).toContain('overall.svg (400 B) is not embedded: too large for the report.');
  await page.getByText('2 charts are not in this report').click();
  expect(await page.locator('#charts').innerText()).toContain('combined/files/overall.svg');
});
