import fc from 'fast-check';
import { embedJson } from '../../../lib/runtime/report/html';
import { writeReport } from '../../../lib/runtime/report/write-report';
import { chart, failedItem, item, manyItems, reportOf, sampleSource, sampleSummary } from './sample-run';

const MB = 1024 ** 2;

test('is one document that needs nothing else', async () => {
  const html = await reportOf(sampleSource([item({ files: [chart()] }), failedItem()]));
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).toMatch(/<\/html>\n$/);
  expect(html).toContain('default-src &#39;none&#39;');
  expect(html).not.toMatch(/<(link|iframe|object)\b|\ssrc=|\son\w+=|\sstyle=/i);
});

test('says in its first lines what ran and how it went', async () => {
  const html = await reportOf(
    sampleSource([item(), failedItem()], {
      parameters: { currency: 'EUR', limits: { low: 1 } },
      message: '1 of 2 items failed',
    }),
  );
  const text = html
    .slice(0, html.indexOf('<script'))
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
  for (const fact of [
    'sales Succeeded with failures 1 of 2 items failed. 22 Nov 2026, 14:03:05 UTC',
    '1 succeeded 1 failed',
    'Duration 1 min 34 s',
    'sales.py (Python)',
    'currency = EUR',
    'limits = {&quot;low&quot;:1}',
    '1 of 2; the batch tolerates 20 %',
    's3://staging-bucket/runs/sales/r1/results.csv',
    's3://staging-bucket/runs/sales/r1/results.jsonl',
    'at the prices of November 2026 ($0.0895 a vCPU-hour, $0.00945 a GB-hour)',
  ]) {
    expect(text).toContain(fact);
  }
});

test('is written in chunks as items come, each waited for', async () => {
  const items = manyItems(1_000);
  let waiting = 0;
  let read = 0;
  const ahead: number[] = [];
  const source = {
    ...sampleSource(items),
    async *items() {
      for (const one of items) {
        read += 1;
        yield one;
      }
    },
  };
  await writeReport(source, async (chunk) => {
    waiting += 1;
    expect(waiting).toBe(1);
    await new Promise(setImmediate);
    waiting -= 1;
    if (chunk.includes('data-block="rows"')) {
      ahead.push(read - 100 * ahead.length);
    }
  });
  // Never more than one block of items at a time.
  expect(ahead).toEqual(Array(10).fill(100));
});

test('leaves out charts beyond the budget without reading them', async () => {
  const readPaths: string[] = [];
  const items = ['a', 'b', 'c'].map((id) =>
    item({ id, files: [chart(`${id}.png`, { bytes: 3 * MB, contentType: 'image/png' })] }),
  );
  const source = sampleSource(items);
  const html = await reportOf(
    {
      ...source,
      async readFile(file) {
        readPaths.push(file.path);
        return await source.readFile(file);
      },
    },
    { chartBytes: 6 * MB },
  );
  expect(readPaths).toEqual(['a.png', 'b.png']);
  expect(html).toContain('"charts":{"embedded":2,"leftOut":[{"item":2,"file":0,"why":"budget"}],"leftOutCount":1}');
});

test('is written although a chart cannot be read', async () => {
  const source = sampleSource([item({ files: [chart()] })]);
  const html = await reportOf({ ...source, readFile: () => Promise.reject(new Error('NoSuchKey')) });
  expect(html).toContain('"leftOut":[{"item":0,"file":0,"why":"unreadable"}]');
});

test('reads images alone, of types that cannot run anything', async () => {
  const read = jest.fn(async () => Buffer.from('x'));
  const files = [
    chart('page.html', { contentType: 'text/html' }),
    chart('data.csv', { contentType: 'text/csv' }),
    chart('none.png', { contentType: 'image/png', bytes: 0 }),
    chart('photo.JPG', { contentType: 'IMAGE/JPEG; q=1' }),
  ];
  await reportOf({ ...sampleSource([item({ files })]), readFile: read });
  expect(read.mock.calls).toEqual([[files[3]]]);
});

test('shares its room for text among all items, so that thousands of long outputs stay openable', async () => {
  const long = { bytes: 8_000, excerpt: 'x'.repeat(8_000) };
  const items = manyItems(2_000).map((one) => ({ ...one, stdout: long, stderr: long }));
  const html = await reportOf(sampleSource(items), { textCharacters: 2_000_000 });
  expect(html.length).toBeLessThan(4_000_000);
  expect(html).toContain('characters left out');
});

test('holds the first items and those that failed after them, when there are too many', async () => {
  const html = await reportOf(sampleSource(manyItems(1_000)), { items: 400 });
  expect(html).toContain('"id":"store-00399"');
  expect(html).not.toContain('"id":"store-00400"');
  // Every 97th item failed, from the 13th: seven of the last 600.
  expect(html).toContain('"id":"store-00401"');
  expect(html).toContain('"leftOutItems":593');
});

test('gives one item all the text that it has', async () => {
  const excerpt = 'y'.repeat(8_000);
  expect(await reportOf(sampleSource([item({ stdout: { bytes: 8_000, excerpt } })]))).toContain(excerpt);
});

test('never lets data end the element, whatever it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = embedJson(value);
      expect(text).not.toContain('<');
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('never lets data end the element that it is in', () => {
  expect(embedJson({ text: '</script><!--' })).toBe('{"text":"\\u003c/script>\\u003c!--"}');
  expect(JSON.parse(embedJson({ text: '</script>' }))).toEqual({ text: '</script>' });
});

test('is the same for a failed run, in other words', async () => {
  const items = [failedItem()];
  const html = await reportOf({ ...sampleSource(items), summary: sampleSummary(items, { status: 'failed' }) });
  expect(html).toContain('<span class="badge failed">Failed</span>');
});

test.each([
  ['succeeded', 'Succeeded', [item()], {}],
  ['partial', 'Succeeded with failures', [item(), failedItem()], {}],
  ['partial', 'Succeeded with failures', [item()], { mapFailure: 'States.Timeout' }],
  ['failed', 'Failed', [item(), failedItem()], { status: 'failed' }],
] as const)('a run is %s where it says so: %s', async (kind, words, items, over) => {
  const html = await reportOf(sampleSource(items, over));
  expect(html).toContain(`<span class="badge ${kind}">${words}</span></h1>`);
});
