import { reportOpener } from './browser';
import { failedItem, item, reportOf, sampleSource } from './sample-run';

const open = reportOpener();

/** Two files with two thresholds each, and one that has no parameters of its own. */
const GRID = [
  ...[1, 2].flatMap((threshold) =>
    ['davos', 'arosa'].map((station) =>
      item({
        id: `${station}-${threshold}`,
        key: `readings/${station}.csv`,
        parameters: { threshold, method: station === 'davos' ? 'mean' : 'median', window: { days: 3 } },
        row: { outliers: threshold * 7 },
      }),
    ),
  ),
  item({ id: 'plain', key: 'readings/plain.csv', row: { outliers: 1 } }),
];

const openGrid = async (items = GRID) => (await open(await reportOf(sampleSource(items)))).page;

test('have columns of their own, before the figures, that say what they are', async () => {
  const page = await openGrid();
  expect(await page.locator('#items thead th').allInnerTexts()).toEqual([
    'Status',
    'Item',
    'Duration',
    expect.stringMatching(/^parameter\s+threshold$/),
    expect.stringMatching(/^parameter\s+method$/),
    expect.stringMatching(/^parameter\s+window$/),
    'outliers',
  ]);
  const row = (index: number) => page.locator('#items tbody tr').nth(index).innerText();
  expect(await row(1)).toMatch(/arosa\.csv\s+2\.40 s\s+1\s+median\s+\{"days":3\}\s+7/);
  expect(await row(4)).toMatch(/plain\.csv\s+2\.40 s\s+1$/);
});

test('are sorted, and found by their values and as name=value', async () => {
  const page = await openGrid();
  const names = () => page.locator('#items tbody tr').allInnerTexts();
  await page.locator('#items').getByRole('button', { name: 'threshold', exact: true }).click();
  expect((await names()).map((text) => /2\.40 s\s+(\d)/.exec(text)?.[1])).toEqual(['2', '2', '1', '1', '1']);
  await page.getByRole('searchbox').fill('threshold=2 median');
  expect(await names()).toEqual([expect.stringContaining('arosa.csv')]);
});

test('can be hidden; then the names of items that share a file say them', async () => {
  const page = await openGrid();
  const first = page.locator('#items tbody button').first();
  expect(await first.innerText()).toBe('davos.csv');
  await page.getByText('Columns', { exact: true }).click();
  for (const name of ['threshold', 'method', 'window']) {
    await page.getByLabel(`${name} parameter`).uncheck();
  }
  expect(await first.innerText()).toBe('davos.csv (threshold=1, method=mean, window={"days":3})');
  expect(await page.locator('#items tbody button').last().innerText()).toBe('plain.csv');
});

test('stand in the item’s dialog, whole', async () => {
  const page = await openGrid();
  await page.locator('#items tbody button').first().click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('heading', { level: 2 }).innerText()).toBe(
    'davos.csv (threshold=1, method=mean, window={"days":3})',
  );
  expect(await dialog.locator('section', { hasText: 'Parameters' }).innerText()).toMatch(
    /Parameters\s+threshold\s+1\s+method\s+mean\s+window\s+\{\s+"days": 3\s+\}/,
  );
});

test('tell items of one file apart where they have failed', async () => {
  const failed = GRID.slice(0, 3).map(({ id, key, parameters }) => failedItem({ id, key, parameters }));
  const page = await openGrid(failed);
  expect(await page.locator('.failure').getByRole('button').allInnerTexts()).toEqual([
    'davos.csv (threshold=1, method=mean, window={"days":3})',
    'arosa.csv',
    'davos.csv (threshold=2, method=mean, window={"days":3})',
  ]);
});

test('are a few columns at first, and no more than thirty: of the others, the dialog has all', async () => {
  const parameters = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`p${n}`, n]));
  const page = await openGrid([item({ parameters, row: { a: 1, b: 2, c: 3, d: 4 } })]);
  expect(await page.locator('#items thead .kind').count()).toBe(4);
  expect((await page.locator('#items thead th').allInnerTexts()).slice(-3)).toEqual(['a', 'b', 'c']);
  expect(await page.locator('.menu label').filter({ hasText: 'parameter' }).count()).toBe(30);
  await page.locator('#items tbody button').first().click();
  expect(await page.getByRole('dialog').innerText()).toMatch(/p39\s+39/);
});
