import { reportOpener } from './browser';
import { chart, item, reportOf, sampleSource } from './sample-run';

const open = reportOpener();

const inRun = (path: string) => `runs/sales/r1/items/cars/files/${path}`;
const FILES = [
  chart('plot.svg', { key: inRun('plot.svg') }),
  chart('tables/a b#1.csv', { key: inRun('tables/a b#1.csv'), contentType: 'text/csv' }),
  chart('page.html', { key: inRun('page.html'), contentType: 'text/html' }),
  chart('climbing', { key: inRun('../../../../../etc/passwd'), contentType: 'text/plain' }),
  chart('half', { key: inRun('half-\ud800'), contentType: 'text/plain' }),
  chart('elsewhere', { key: 'runs/sales/r2/items/cars/files/x.csv', contentType: 'text/csv' }),
];

async function openWith(options = {}) {
  const { page } = await open(await reportOf(sampleSource([item({ files: FILES })])), options);
  await page.locator('#items tbody button').first().click();
  const link = async (name: string) => {
    const found = page.getByRole('dialog').getByRole('region').getByRole('link', { name, exact: true });
    if ((await found.count()) === 0) {
      return undefined;
    }
    const [href, target, download] = await Promise.all(
      ['href', 'target', 'download'].map((attribute) => found.getAttribute(attribute)),
    );
    return { href, target, download };
  };
  return { page, link };
}

describe('where the report lies beside the files of its run', () => {
  test('leads to the results', async () => {
    const { page } = await openWith();
    const links = page.locator('#results a');
    expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))).toEqual([
      './results.csv',
      './results.jsonl',
    ]);
  });

  test('leads to a file that a browser can show, in a tab of its own', async () => {
    const { link } = await openWith();
    expect(await link('tables/a b#1.csv')).toEqual({
      href: './items/cars/files/tables/a%20b%231.csv',
      target: '_blank',
      download: null,
    });
  });

  test('has a file saved if something in it could run', async () => {
    const { link } = await openWith();
    for (const name of ['plot.svg', 'page.html']) {
      expect(await link(name)).toEqual({ href: `./items/cars/files/${name}`, target: null, download: '' });
    }
  });

  test('never leads out of the run’s folder', async () => {
    const { page, link } = await openWith();
    for (const name of ['climbing', 'half', 'elsewhere']) {
      expect(await link(name)).toBeUndefined();
    }
    expect(await page.getByRole('dialog').innerText()).toContain(
      's3://staging-bucket/runs/sales/r2/items/cars/files/x.csv',
    );
  });
});

test('from S3 by a signed address, says where files are, but leads to none: they would be refused', async () => {
  const { page } = await openWith({ search: '?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00' });
  expect(await page.locator('#results a, dialog a').count()).toBe(0);
  expect(await page.locator('#results').innerText()).toMatch(/results\.csv\s+Copy address\s+results\.jsonl/);
  expect(await page.getByRole('dialog').innerText()).toContain(`s3://staging-bucket/${inRun('page.html')}`);
});

test('copies where a file is', async () => {
  const { page } = await openWith({ permissions: ['clipboard-read', 'clipboard-write'] });
  const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
  const copy = page.getByRole('dialog').getByRole('button', { name: `Copy s3://staging-bucket/${inRun('plot.svg')}` });
  await copy.click();
  expect(await page.getByRole('dialog').getByRole('button', { name: 'Copied' }).innerText()).toBe('Copied');
  expect(await copied()).toBe(`s3://staging-bucket/${inRun('plot.svg')}`);
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByText('About this run').click();
  await page
    .locator('.facts')
    .getByRole('button', { name: /results\.csv$/ })
    .click();
  expect(await copied()).toBe('s3://staging-bucket/runs/sales/r1/results.csv');
});

test('marks the address where copying is not allowed', async () => {
  const { page } = await openWith();
  await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))");
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Copy .*page\.html$/ })
    .click();
  await page.getByRole('button', { name: 'Not allowed' }).waitFor();
  expect(await page.evaluate<string>('String(getSelection())')).toBe(`s3://staging-bucket/${inRun('page.html')}`);
});
