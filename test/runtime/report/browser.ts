import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../support/chromium-path';

/** Quiet: without these, Chromium talks to its maker's servers. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchChromium(moreArguments: readonly string[] = []): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) {
    throw new Error(
      'The report is tested in a real browser: install Chromium (Debian: apt-get install chromium), or name one in CHROMIUM_PATH.',
    );
  }
  return await chromium.launch({ executablePath, args: [...ARGS, ...moreArguments] });
}

/** A report that is open in a page of its own, with all that the page complained about or asked the network for. */
export interface OpenReport {
  readonly page: Page;
  readonly complaints: string[];
  readonly requests: string[];
  close(): Promise<void>;
}

/** Opens reports in a browser that is there for all tests of a file. A test may leave neither complaint nor request behind. */
export function reportOpener(): (html: string, options?: OpenOptions) => Promise<OpenReport> {
  let browser: Browser;
  const opened: OpenReport[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    const reports = opened.splice(0);
    await Promise.all(reports.map((report) => report.close()));
    expect(reports.flatMap((report) => [...report.complaints, ...report.requests])).toEqual([]);
  });
  return async (html, options) => {
    const report = await openReport(browser, html, options);
    opened.push(report);
    return report;
  };
}

export interface OpenOptions extends BrowserContextOptions {
  /** What comes after the file's name in the address, such as a signature. */
  readonly search?: string;
}

export async function openReport(
  browser: Browser,
  html: string,
  { search = '', ...options }: OpenOptions = {},
): Promise<OpenReport> {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) {
      requests.push(request.url());
    }
  });
  const url = `${pathToFileURL(file).href}${search}`;
  await page.goto(url);
  return {
    page,
    complaints,
    get requests() {
      return requests.filter((requested) => requested !== url);
    },
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
