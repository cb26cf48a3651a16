/** @needs Chromium */
// biome-ignore-all lint/style/noExcessiveLinesPerFile: all of it shares one browser and report, which take long to start.
import type { Browser, Locator } from 'playwright-core';
import { launchChromium, type OpenReport, openReport } from './browser';
import { chart, failedItem, item, manyItems, reportOf, sampleSource } from './sample-run';

let browser: Browser;
let report: OpenReport;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
});
afterEach(async () => {
  await report.close();
  expect(report.complaints).toEqual([]);
  expect(report.requests).toEqual([]);
});

const THREE = [
  item({ id: 'cars', durationSeconds: 3, files: [chart()], row: { rows: 406, origin: 'mixed' } }),
  item({ id: 'stocks', durationSeconds: 1, row: { rows: 560, origin: 'NYSE' } }),
  failedItem({ id: 'broken', durationSeconds: 2 }),
];

const rows = () => report.page.locator('#items tbody tr');
const names = () => report.page.locator('#items tbody button').allTextContents();
const dialog = () => report.page.getByRole('dialog');
const button = (name: string) => report.page.locator('#items').getByRole('button', { name, exact: true });
const shown = (element: Locator) => element.innerText();
const imageWidth = (image: Locator) =>
  image.evaluate(async (img: HTMLImageElement) => {
    await img.decode();
    return img.naturalWidth;
  });

describe('the items', () => {
  beforeEach(async () => {
    report = await openReport(browser, await reportOf(sampleSource(THREE)));
  });

  test('stand in the order of the manifest, with figures, and the error under the name', async () => {
    expect(await names()).toEqual(['cars.csv', 'stocks.csv', 'broken.csv']);
    expect(await shown(rows().nth(0))).toMatch(/Succeeded\s+cars\.csv\s+3\.00 s\s+406\s+mixed/);
    expect(await shown(rows().nth(2))).toContain('ValueError: broken.csv holds no table');
  });

  test('are sorted by a click on a column: largest first, then smallest first, then as they were', async () => {
    const heading = report.page.getByRole('columnheader', { name: 'Duration' });
    await button('Duration').click();
    expect(await names()).toEqual(['cars.csv', 'broken.csv', 'stocks.csv']);
    expect(await heading.getAttribute('aria-sort')).toBe('descending');
    await button('Duration').click();
    expect(await names()).toEqual(['stocks.csv', 'broken.csv', 'cars.csv']);
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    await button('Duration').click();
    expect(await names()).toEqual(['cars.csv', 'stocks.csv', 'broken.csv']);
    expect(await heading.getAttribute('aria-sort')).toBeNull();
  });

  test('are sorted by figures too, with those that have none at the end', async () => {
    await button('origin').click();
    expect(await names()).toEqual(['cars.csv', 'stocks.csv', 'broken.csv']);
    await button('origin').click();
    expect(await names()).toEqual(['stocks.csv', 'cars.csv', 'broken.csv']);
  });

  test('are filtered by their status', async () => {
    await button('Failed 1').click();
    expect(await names()).toEqual(['broken.csv']);
    expect(await shown(report.page.getByRole('status'))).toBe('1 item of 3');
    expect(await button('Failed 1').getAttribute('aria-pressed')).toBe('true');
  });

  test('are found by words of the key, the error and the figures', async () => {
    const search = report.page.getByRole('searchbox');
    await search.fill('holds table');
    expect(await names()).toEqual(['broken.csv']);
    await search.fill('nyse');
    expect(await names()).toEqual(['stocks.csv']);
    await search.fill('nothing like this');
    expect(await shown(rows())).toBe('No item matches.');
  });

  test('have columns that can be hidden', async () => {
    await report.page.getByText('Columns', { exact: true }).click();
    await report.page.getByLabel('rows').uncheck();
    expect(await shown(rows().nth(0))).not.toContain('406');
  });
});

describe('an item', () => {
  beforeEach(async () => {
    report = await openReport(browser, await reportOf(sampleSource(THREE)));
  });

  test('shows its charts, its output, its figures and where its files are', async () => {
    await button('cars.csv').click();
    expect(await shown(dialog().getByRole('heading', { level: 2 }))).toBe('cars.csv');
    expect(await imageWidth(dialog().locator('img'))).toBe(300);
    const text = await shown(dialog());
    expect(text).toContain('cars printed');
    expect(text).toContain('s3://staging-bucket/incoming/cars.csv (18.0 KB)');
    expect(text).toContain('s3://staging-bucket/runs/sales/r1/items/x/files/figure-1.svg');
    expect(text).toContain('190 MB');
  });

  test('that failed shows the error with its traceback', async () => {
    await button('broken.csv').click();
    expect(await shown(dialog())).toContain('File "analysis.py", line 42');
  });

  test('opens by a click anywhere on its row, and from its chart', async () => {
    await rows().nth(1).locator('td').last().click();
    expect(await shown(dialog())).toContain('stocks printed');
    await dialog().getByRole('button', { name: 'Close' }).click();
    await report.page.locator('#charts').getByRole('button').first().click();
    expect(await shown(dialog())).toContain('cars printed');
  });

  test('has an address of its own', async () => {
    await report.page.evaluate("location.hash = 'item=stocks'");
    expect(await shown(dialog().getByRole('heading', { level: 2 }))).toBe('stocks.csv');
  });
});

test('is worked with the keyboard alone', async () => {
  report = await openReport(browser, await reportOf(sampleSource(THREE)));
  const { keyboard } = report.page;
  const focused = () =>
    report.page.evaluate<string>('document.activeElement.textContent || document.activeElement.type');
  const tabTo = async (text: string) => {
    for (let presses = 0; presses < 40 && (await focused()) !== text; presses += 1) {
      await keyboard.press('Tab');
    }
    expect(await focused()).toBe(text);
  };
  await tabTo('search');
  await keyboard.type('csv');
  await tabTo('Succeeded 2');
  await keyboard.press('Enter');
  expect(await names()).toEqual(['cars.csv', 'stocks.csv']);
  await tabTo('Duration');
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  expect(await names()).toEqual(['stocks.csv', 'cars.csv']);
  await tabTo('stocks.csv');
  await keyboard.press('Enter');
  expect(await shown(dialog())).toContain('stocks printed');
  await keyboard.press('ArrowRight');
  expect(await shown(dialog())).toContain('cars printed');
  await keyboard.press('ArrowRight');
  await keyboard.press('ArrowLeft');
  expect(await shown(dialog())).toContain('stocks printed');
  await keyboard.press('Escape');
  expect(await dialog().count()).toBe(0);
  expect(await focused()).toBe('stocks.csv');
});

test('groups failures by cause, with the traceback and a way to the items', async () => {
  const timeout = failedItem({ id: 'slow', error: { name: 'TimedOut', message: 'ran longer than 300 s' } });
  const failures = [failedItem({ id: 'first' }), failedItem({ id: 'second' }), timeout];
  report = await openReport(browser, await reportOf(sampleSource([...THREE.slice(0, 2), ...failures])));
  const groups = report.page.locator('.failure');
  expect(await groups.count()).toBe(2);
  expect(await shown(groups.nth(0))).toMatch(/2×\s+The script failed\s+ValueError: \{item\} holds no table/);
  await groups.nth(0).getByText('Traceback of first.csv').click();
  expect(await shown(groups.nth(0))).toContain('line 42');
  expect(await shown(groups.nth(1))).toMatch(/1×\s+Timed out\s+ran longer than 300 s/);
  await groups.nth(0).getByRole('button', { name: 'second.csv' }).click();
  expect(await shown(dialog())).toContain('second.csv holds no table');
});

test('leads from a cause to all failed items', async () => {
  report = await openReport(browser, await reportOf(sampleSource(manyItems(1_000))));
  await report.page.getByRole('button', { name: 'and 6 more' }).click();
  expect(await rows().count()).toBe(11);
  expect(await button('Failed 11').getAttribute('aria-pressed')).toBe('true');
});

test('shows when and how long items ran', async () => {
  report = await openReport(browser, await reportOf(sampleSource(THREE)));
  const timing = report.page.locator('#timing');
  expect(await timing.getByRole('img', { name: /^Distribution .* 3 items: from 1.00 s to 3.00 s/ }).count()).toBe(1);
  const timeline = timing.getByRole('img', { name: /^Timeline of 3 items in 1 session/ });
  await timeline.click({ position: { x: 20, y: 12 } });
  expect(await dialog().count()).toBe(1);
});

test('draws sessions that follow one another in one line: twenty at once are twenty lines', async () => {
  const items = manyItems(10_000);
  report = await openReport(browser, await reportOf(sampleSource(items)));
  const timeline = report.page.getByRole('img', { name: /^Timeline of 10,000 items in 400 sessions/ });
  expect(await timeline.getAttribute('viewBox')).toBe('0 0 1000 200');
  const { width = 0 } = (await timeline.boundingBox()) ?? {};
  const starts = items.map((one) => Date.parse(one.startedAt));
  const ends = items.map((one, index) => (starts[index] ?? 0) + one.durationSeconds * 1000);
  const [from, to] = [Math.min(...starts), Math.max(...ends)];
  // The first line has the first of the sessions that began together, and after it the first of those that began next.
  for (const index of [0, 500]) {
    const middle = ((starts[index] ?? 0) + (ends[index] ?? 0)) / 2;
    await timeline.hover({ position: { x: ((middle - from) / (to - from)) * width, y: 10 } });
    expect(await shown(report.page.locator('.sessions .note'))).toMatch(
      `store-${String(index).padStart(5, '0')}.csv: `,
    );
  }
});

test('has no distribution of one or two durations', async () => {
  report = await openReport(browser, await reportOf(sampleSource(THREE.slice(0, 2))));
  expect(await report.page.getByRole('img', { name: /^Distribution/ }).count()).toBe(0);
  expect(await report.page.getByRole('img', { name: /^Timeline of 2 items/ }).count()).toBe(1);
});

test('names sets-up of sessions that failed among the causes', async () => {
  const unset = failedItem({
    id: 'unset',
    error: { name: 'SetupFailed', message: 'the wheel is broken', detail: 'pip' },
  });
  report = await openReport(browser, await reportOf(sampleSource([unset])));
  expect(await shown(report.page.locator('.failure'))).toMatch(/1×\s+The session’s setup failed\s+the wheel is broken/);
  expect(await shown(rows())).toContain('The session’s setup failed: the wheel is broken');
  await button('unset.csv').click();
  expect(await shown(dialog())).toContain('The session’s setup failed. the wheel is broken');
});

test('cuts a long text to a few lines; the item has all of it', async () => {
  const text = `begin ${'and on '.repeat(20)}end`;
  report = await openReport(browser, await reportOf(sampleSource([item({ row: { text } })])));
  const cell = report.page.locator('#items td.long span');
  expect((await cell.boundingBox())?.height).toBeLessThan(80);
  expect(await cell.getAttribute('title')).toBe(text);
});

test('names the charts that are beyond its budget, and where they are', async () => {
  const files = [chart('first.svg'), chart('second.svg', { bytes: 700 }), chart('third.svg', { bytes: 500 })];
  const html = await reportOf(sampleSource([item({ files })]), { chartBytes: 1000, largestChartBytes: 600 });
  report = await openReport(browser, html);
  expect(await report.page.locator('#charts img').count()).toBe(2);
  await report.page.getByText('1 chart is not in this report').click();
  expect(await shown(report.page.locator('#charts'))).toMatch(
    /second\.svg Copy not embedded: too large for the report/,
  );
});

test('remains usable with ten thousand items', async () => {
  report = await openReport(browser, await reportOf(sampleSource(manyItems(10_000))));
  const nodes = () => report.page.evaluate<number>("document.querySelectorAll('*').length");
  expect(await nodes()).toBeLessThan(2_500);
  expect(await rows().count()).toBe(50);
  await report.page.getByRole('searchbox').fill('store-09876');
  expect(await names()).toEqual(['store-09876.csv']);
  await report.page.getByRole('searchbox').fill('');
  await button('Last').click();
  expect((await names()).at(-1)).toBe('store-09999.csv');
  await button('Duration').click();
  await button('store-09321.csv').click();
  expect(await shown(dialog())).toContain('store-09321 printed');
  expect(await nodes()).toBeLessThan(2_500);
});

test('says where the other items are when there are too many', async () => {
  report = await openReport(browser, await reportOf(sampleSource(manyItems(300)), { items: 100 }));
  expect(await shown(report.page.locator('#items .notice'))).toContain('This report holds 102 of 300 items');
});

test('is readable in light and dark: text has a contrast of at least 4.5 to the page', async () => {
  report = await openReport(browser, await reportOf(sampleSource(THREE)));
  for (const colorScheme of ['light', 'dark'] as const) {
    await report.page.emulateMedia({ colorScheme });
    expect(await report.page.evaluate<[string, number][]>(CONTRASTS)).toEqual([]);
  }
});

/** Every element with text of its own whose contrast to the nearest background is below 4.5, as an expression. */
const CONTRASTS = `(() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const clear = (color) => color === 'transparent' || color.endsWith(', 0)');
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return clear(color) && element.parentElement ? behind(element.parentElement) : color;
  };
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.querySelectorAll('body *:not(script, noscript *, :disabled)')].filter(own).flatMap((element) => {
    const [a, b] = [light(getComputedStyle(element).color), light(behind(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    return contrast < 4.5 ? [[element.outerHTML.slice(0, 80), contrast]] : [];
  });
})()`;

test('prints all items, without controls, on white', async () => {
  report = await openReport(browser, await reportOf(sampleSource(manyItems(120))), { colorScheme: 'dark' });
  await report.page.emulateMedia({ media: 'print' });
  await report.page.evaluate("window.dispatchEvent(new Event('beforeprint'))");
  expect(await rows().count()).toBe(120);
  expect(await report.page.getByRole('searchbox').count()).toBe(0);
  expect(await shown(report.page.locator('.facts'))).toContain('runs/sales/r1/results.csv');
  expect(await report.page.locator('.failure pre').first().isVisible()).toBe(true);
  expect(await report.page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  await report.page.evaluate("window.dispatchEvent(new Event('afterprint'))");
  expect(await rows().count()).toBe(50);
  expect(await report.page.locator('details[open]').count()).toBe(0);
});

test('fits a phone without scrolling sideways', async () => {
  report = await openReport(browser, await reportOf(sampleSource(THREE)), { viewport: { width: 380, height: 700 } });
  expect(await report.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(380);
});

test('tells items of an earlier execution from those of this one', async () => {
  const earlier = item({ id: 'before', status: 'skipped', startedAt: '2026-11-20T10:00:00Z', sessionId: 'old' });
  report = await openReport(browser, await reportOf(sampleSource([item(), earlier])));
  await report.page.getByText('About this run').click();
  expect(await shown(report.page.locator('header'))).toContain('1: an earlier execution of this run had succeeded');
  expect(await report.page.getByRole('img', { name: /^Timeline of 1 item in 1 session/ }).count()).toBe(1);
  await report.page.getByText('Columns', { exact: true }).click();
  await report.page.getByLabel('Started').check();
  expect(await shown(rows().nth(1))).toContain('20 Nov, 10:00');
  await report.page.keyboard.press('Escape');
  expect(await report.page.getByLabel('Started').isVisible()).toBe(false);
});

test('says so when there was nothing to do', async () => {
  report = await openReport(browser, await reportOf(sampleSource([])));
  expect(await shown(rows())).toBe('The run had no items.');
});
