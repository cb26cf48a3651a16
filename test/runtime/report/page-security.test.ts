/** @needs Chromium */
import type { Browser } from 'playwright-core';
import { launchChromium, type OpenReport, openReport } from './browser';
import { chart, item, reportOf, SVG, sampleSource } from './sample-run';

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
  // A script that ran would have shown a dialog, which is a complaint.
  expect(report.complaints).toEqual([]);
  expect(report.requests).toEqual([]);
});

describe('what comes from items', () => {
  const HOSTILE = [
    '</script><script>alert(1)</script>',
    '<img src=x onerror=alert(2)>',
    '"><svg onload=alert(3)>',
    "'-alert(4)-'",
    '<!--<script>',
    '\u2028alert(5)',
    '</style><script>alert(6)</script>',
  ].join(' ');

  test('is never read as HTML or script', async () => {
    const error = { name: 'ScriptFailed' as const, message: HOSTILE, detail: HOSTILE };
    const text = { bytes: 10, excerpt: HOSTILE, key: HOSTILE };
    const hostile = item({
      id: HOSTILE,
      key: `in/${HOSTILE}`,
      status: 'failed',
      row: { [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE] } },
      parameters: { [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE] } },
      error,
      stdout: text,
      stderr: text,
      sessionId: HOSTILE,
      files: [chart(HOSTILE, { key: HOSTILE }), chart('evil.svg'), chart('x', { contentType: `image/png"${HOSTILE}` })],
    });
    // The same key again: then the parameters are in the name too.
    const source = sampleSource([hostile, { ...hostile, id: 'again' }], {
      batch: HOSTILE,
      message: HOSTILE,
      parameters: { [HOSTILE]: HOSTILE },
      combined: hostile,
      tableKey: HOSTILE,
      reportKey: HOSTILE,
    });
    const svg = SVG.replace(
      '<path',
      '<script>alert(7)</script><image href="https://example.com/x.png"/><path onload="alert(8)"',
    );
    report = await openReport(browser, await reportOf({ ...source, readFile: async () => Buffer.from(svg) }));
    await report.page.locator('#items tbody button').first().click();
    const dialog = report.page.getByRole('dialog');
    const image = dialog.locator('img').first();
    expect(await image.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))).toBe(300);
    for (const part of [dialog, report.page.locator('#combined'), report.page.locator('#items thead')]) {
      expect(await part.textContent()).toContain('<img src=x onerror=alert(2)>');
    }
    // Its own elements alone: the script, and the data.
    expect(
      await report.page.evaluate(
        "document.querySelectorAll('script:not([data-block]), iframe, object, [onerror], [onload]').length",
      ),
    ).toBe(1);
    expect(await report.page.title()).toContain('<img src=x');
  });

  test('could not run even if it got into the page', async () => {
    report = await openReport(browser, await reportOf(sampleSource([item()])));
    const ran = await report.page.evaluate<boolean>(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return Boolean(window.ran);
    })()`);
    expect(ran).toBe(false);
    expect(report.complaints.splice(0).join()).toContain('Content Security Policy');
  });
});
