/**
 * The report of many items in headless Chromium: its size, how long it takes until it can be used, to search and to sort,
 * and how many elements the page has then. Medians.
 *
 *   npm run bench:report [times]
 */
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openReport } from '../test/runtime/report/browser';
import { manyItems, reportOf, sampleSource } from '../test/runtime/report/sample-run';

const TIMES = Number(process.argv[2] ?? 3);

interface Measured {
  readonly load: number;
  readonly search: number;
  readonly sort: number;
  readonly elements: number;
}

/** Until what an action changes has been drawn, in milliseconds. */
async function timed(page: Page, action: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await action();
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  return performance.now() - began;
}

async function measure(browser: Browser, html: string): Promise<Measured> {
  const report = await openReport(browser, html);
  try {
    const { page } = report;
    const load = await page.evaluate(() => {
      const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
      return entry?.loadEventEnd ?? Number.NaN;
    });
    const elements = await page.evaluate(() => document.querySelectorAll('*').length);
    const search = await timed(page, () => page.getByRole('searchbox').fill('north'));
    const sort = await timed(page, () =>
      page.getByRole('columnheader', { name: 'Duration' }).getByRole('button').click(),
    );
    return { load, search, sort, elements };
  } finally {
    await report.close();
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  const browser = await launchChromium();
  const rows = [];
  try {
    for (const items of [1_000, 10_000, 50_000]) {
      const html = await reportOf(sampleSource(manyItems(items)));
      const all: Measured[] = [];
      for (let time = 0; time < TIMES; time++) {
        all.push(await measure(browser, html));
      }
      const of = (value: (measured: Measured) => number) => Math.round(median(all.map(value)));
      rows.push({
        items,
        megabytes: Number((html.length / 1e6).toFixed(1)),
        loadMs: of(({ load }) => load),
        searchMs: of(({ search }) => search),
        sortMs: of(({ sort }) => sort),
        elements: of(({ elements }) => elements),
      });
    }
  } finally {
    await browser.close();
  }
  console.table(rows);
}

void main();
