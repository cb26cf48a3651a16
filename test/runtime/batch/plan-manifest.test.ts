import { gzipSync } from 'node:zlib';
import { Planning } from '../../support/planning';

describe('planning a run from a manifest', () => {
  const planning = Planning.forEachTest('incoming/a.csv', 'incoming/b, c.csv', 'incoming/ä.csv');

  const put = (key: string, content: string | Uint8Array) => planning.store.put(key, content, 'text/plain');

  const EXPECTED = [
    { id: '000001-b-c.csv', key: 'incoming/b, c.csv', bytes: 17, parameters: { currency: 'CHF' } },
    { id: '000002-a.csv', key: 'incoming/a.csv', bytes: 14 },
    { id: '000003-ä.csv', key: 'incoming/ä.csv', bytes: 15, parameters: { currency: 'a\n"b"' } },
  ];
  const JSON_ITEMS = [
    { key: 'incoming/b, c.csv', parameters: { currency: 'CHF' } },
    'incoming/a.csv',
    { key: 'incoming/ä.csv', parameters: { currency: 'a\n"b"' } },
  ];
  const JSON_LINES = JSON_ITEMS.map((item) => JSON.stringify(item)).join('\n');
  const CSV = 'currency,key\r\nCHF,"incoming/b, c.csv"\r\n,incoming/a.csv\r\n"a\n""b""",incoming/ä.csv\r\n';

  test.each([
    ['JSON', 'list.json', JSON.stringify(JSON_ITEMS)],
    ['JSON Lines', 'list.jsonl', `${JSON_LINES}\n`],
    ['JSON Lines, otherwise called, with empty lines', 'list.ndjson', `\ufeff${JSON_LINES.replace('\n', '\r\n\r\n')}`],
    ['CSV', 'list.csv', CSV],
    ['CSV, as spreadsheets write it', 'list.csv', `\ufeff${CSV}\r\n`],
    ['packed', 'list.csv.gz', gzipSync(CSV)],
  ])('%s', async (_, name, content) => {
    await put(`incoming/${name}`, content);
    expect(await planning.items({ manifest: `incoming/${name}` })).toEqual(EXPECTED);
  });

  test('that is the one of the batch, unless the request has another, or items', async () => {
    await put('incoming/own.csv', 'key\nincoming/a.csv\n');
    await put('incoming/other.csv', 'key\nincoming/ä.csv\n');
    const input = { kind: 'manifest', manifest: 'incoming/own.csv' } as const;
    expect(await planning.items({}, input)).toMatchObject([{ key: 'incoming/a.csv' }]);
    await planning.newBucket();
    await planning.upload('incoming/ä.csv');
    await put('incoming/other.csv', 'key\nincoming/ä.csv\n');
    expect(await planning.items({ manifest: 'incoming/other.csv' }, input)).toMatchObject([{ key: 'incoming/ä.csv' }]);
    await planning.newBucket();
    await planning.upload('incoming/ä.csv');
    expect(await planning.items({ items: ['incoming/ä.csv'] }, input)).toMatchObject([{ key: 'incoming/ä.csv' }]);
  });

  test('with a narrower prefix, which all items must lie under', async () => {
    await put('incoming/list.csv', 'key\nincoming/a.csv\n');
    await expect(planning.plan({ manifest: 'incoming/list.csv', prefix: 'incoming/2026/' })).rejects.toThrow(
      'incoming/list.csv, line 2: item "incoming/a.csv" is outside of the prefix "incoming/2026/"',
    );
  });

  test('all cells are strings, for a table does not say what is a number', async () => {
    await put('incoming/list.csv', 'key,threshold,active\nincoming/a.csv,1.5,true\n');
    expect(await planning.items({ manifest: 'incoming/list.csv' })).toMatchObject([
      { parameters: { threshold: '1.5', active: 'true' } },
    ]);
  });

  test('an object is as many items as it is listed with other parameters', async () => {
    await put('incoming/list.csv', 'key,n\nincoming/a.csv,1\nincoming/a.csv,2\nincoming/a.csv,\n');
    expect(await planning.items({ manifest: 'incoming/list.csv' })).toMatchObject([
      { id: '000001-a.csv', parameters: { n: '1' } },
      { id: '000002-a.csv', parameters: { n: '2' } },
      { id: '000003-a.csv' },
    ]);
  });

  test('a resumed run sees the items as they were, whatever has become of the manifest', async () => {
    await put('incoming/list.csv', 'key\nincoming/a.csv\nincoming/ä.csv\n');
    const input = { kind: 'manifest', manifest: 'incoming/list.csv' } as const;
    const first = await planning.plan({ grid: { n: [1, 2] } }, input);
    const before = await planning.itemsAt(first.manifestKey);
    await planning.store.delete('incoming/list.csv');
    const again = await planning.plan({ runId: 'run-1' }, input, 'run-2');
    expect(again).toMatchObject({ total: 4, pending: 4, startedAt: first.startedAt });
    expect(await planning.itemsAt(again.pendingKey)).toEqual(before);
  });

  test.each([
    [
      'an object that does not exist',
      'list.csv',
      'key\nincoming/a.csv\nincoming/no.csv\n',
      'incoming/list.csv, line 3: item "incoming/no.csv" does not exist in bucket',
    ],
    [
      'an object of someone else',
      'list.jsonl',
      '\n"secret/a.csv"',
      'incoming/list.jsonl, line 2: item "secret/a.csv" is outside of the prefix "incoming/"',
    ],
    ['a folder', 'list.json', '["incoming/"]', 'incoming/list.json, element 1: item "incoming/" is a folder'],
    [
      'the same item twice',
      'list.csv',
      'key,a,b\nincoming/a.csv,1,2\nincoming/a.csv,2,2\nincoming/a.csv,1,2\n',
      'incoming/list.csv, line 4: item "incoming/a.csv" is listed before, as number 1, with the same parameters',
    ],
    [
      'the same parameters in another order',
      'list.json',
      '[{"key":"incoming/a.csv","parameters":{"a":1,"b":{"c":2,"d":3}}},{"key":"incoming/a.csv","parameters":{"b":{"d":3,"c":2},"a":1}}]',
      'element 2: item "incoming/a.csv" is listed before',
    ],
    [
      'no column of keys',
      'list.csv',
      'file;n\nincoming/a.csv;1\n',
      'incoming/list.csv, line 1: the first line must name the columns, separated by commas, one of them "key"; got ["file;n"]',
    ],
    [
      'two columns of one name',
      'list.csv',
      'key,n,n\n',
      'line 1: each column needs a name of its own; got ["key","n","n"]',
    ],
    ['a column without a name', 'list.csv', 'key,\n', 'line 1: each column needs a name of its own'],
    [
      'a line of another length',
      'list.csv',
      'key,n\n"incoming/a.csv\n",1\nincoming/b.csv,1,2\n',
      'incoming/list.csv, line 4: a line must have 2 fields, as the first has; got 3: ["incoming/b.csv","1","2"]',
    ],
    ['an empty key', 'list.csv', 'key,n\n,1\n', 'incoming/list.csv, line 2: the key is empty'],
    ['a quote that is not closed', 'list.csv', 'key\n"incoming/a.csv\n', 'this is not CSV: '],
    [
      'a line that is not JSON',
      'list.jsonl',
      '"incoming/a.csv"\nincoming/b.csv\n',
      'incoming/list.jsonl, line 2: this is not JSON: ',
    ],
    [
      'a line that is no item',
      'list.jsonl',
      '{"path":"incoming/a.csv"}',
      'line 1: an item must be a key, or {"key": "incoming/a.csv", "parameters": {...}}; got {"path":"incoming/a.csv"}',
    ],
    [
      'an object that is no list',
      'list.json',
      '{"items":[]}',
      'incoming/list.json: a JSON file must hold an array of items',
    ],
    [
      'text that is not UTF-8',
      'list.json',
      Buffer.from([0x22, 0xe4, 0x22]),
      'incoming/list.json, line 1: this is not text in UTF-8',
    ],
    [
      'a broken archive',
      'list.csv.gz',
      gzipSync('key\nincoming/a.csv\n').subarray(0, 20),
      'incoming/list.csv.gz: it cannot be unpacked: ',
    ],
    ['nothing', 'list.csv', 'key\n', 'there is no item in s3://'],
    ['nothing but an empty line', 'list.jsonl', '\n', 'there is no item in s3://'],
    [
      'parameters that are too large',
      'list.json',
      JSON.stringify([{ key: 'incoming/a.csv', parameters: { a: 'x'.repeat(17_000) } }]),
      "the item's parameters have 17008 characters as JSON; at most 16384",
    ],
    [
      'an ending that is not known',
      'list.xlsx',
      'x',
      'manifest "incoming/list.xlsx": its key must end in .json, .jsonl',
    ],
  ])('with %s ends the run before it begins', async (_, name, content, message) => {
    await put(`incoming/${name}`, content);
    await planning.upload('incoming/b.csv', 'incoming/a.csv\n');
    await expect(planning.plan({ manifest: `incoming/${name}` })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(message),
    });
    expect(await planning.store.stat('runs/Sales/run-1/run.json')).toBeUndefined();
  });

  test('that does not exist ends the run before it begins', async () => {
    await expect(planning.plan({ manifest: 'incoming/no.csv' })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringMatching(/^manifest "incoming\/no.csv": it does not exist in bucket bucket-\d+$/),
    });
  });

  test.each([
    [{ manifest: 'secret/list.csv' }, 'manifest: "secret/list.csv" is outside of this batch\'s prefix "incoming/"'],
    [{ manifest: 'incoming/list.csv', items: ['incoming/a.csv'] }, 'the items are listed in "items" already'],
  ])('a request that cannot be: %j', async (request, message) => {
    await expect(planning.plan(request)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining(message),
    });
  });
});

describe('planning a run from an S3 Inventory', () => {
  const planning = Planning.forEachTest();

  const MANIFEST = 'incoming/inventory/2026-11-22T00-00Z/manifest.json';
  const DATA = 'incoming/inventory/data/1.csv.gz';

  async function putInventory(over: object = {}, lines = '\n'): Promise<void> {
    const manifest = {
      sourceBucket: planning.store.bucket,
      destinationBucket: `arn:aws:s3:::${planning.store.bucket}`,
      version: '2016-11-30',
      creationTimestamp: '1795305600000',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size',
      files: [{ key: DATA, size: 100, MD5checksum: 'f11166069f1990abeb9c97ace9cdfabc' }],
      ...over,
    };
    await planning.store.put(MANIFEST, JSON.stringify(manifest), 'application/json');
    await planning.store.put(DATA, gzipSync(lines), 'application/gzip');
  }

  const line = (key: string, latest = true, deleted = false) =>
    `"${planning.store.bucket}","${key}","v1","${latest}","${deleted}","5"\n`;

  test('takes what is current, lies under the prefix and fits the filters', async () => {
    await planning.upload('incoming/2026/a b+c.csv', 'incoming/b.csv', 'incoming/draft-b.csv', 'incoming/old.csv');
    const lines = [
      line('incoming/2026/a+b%2Bc.csv'),
      line('incoming/b.csv'),
      line('incoming/b.csv', false),
      line('incoming/old.csv', true, true),
      line('incoming/draft-b.csv'),
      line('incoming/folder/'),
      line('incoming/readme.md'),
      line('runs/Sales/x/results.csv'),
    ];
    await putInventory({}, lines.join(''));
    expect(await planning.items({ manifest: MANIFEST }, { exclude: ['**/draft-*'] })).toEqual([
      { id: '000001-a-b-c.csv', key: 'incoming/2026/a b+c.csv', bytes: 23 },
      { id: '000002-b.csv', key: 'incoming/b.csv', bytes: 14 },
    ]);
  });

  test.each([
    [{ fileFormat: 'ORC' }, 'an inventory must be in the format CSV; this one is in ORC, which is not read'],
    [{ fileFormat: 'Parquet' }, 'this one is in Parquet, which is not read'],
    [{ sourceBucket: 'elsewhere' }, 'this is an inventory of bucket elsewhere; the items must be in bucket bucket-'],
    [{ fileSchema: 'Bucket, Size' }, 'the inventory has no column Key; it has Bucket, Size'],
    [{ files: [{ key: 'inventory/1.csv.gz' }] }, 'file "inventory/1.csv.gz" is outside of this batch\'s prefix'],
    [{ files: [{ key: 'incoming/no.csv.gz' }] }, 'file "incoming/no.csv.gz" does not exist in bucket'],
    [{ files: 'none' }, 'this is not the manifest of an S3 Inventory'],
  ])('refuses %j', async (over, message) => {
    await putInventory(over);
    await expect(planning.plan({ manifest: MANIFEST })).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(message),
    });
  });

  test('refuses an object that is gone, and a key that cannot be one, by file and line', async () => {
    await putInventory({}, line('incoming/gone.csv'));
    await expect(planning.plan({ manifest: MANIFEST })).rejects.toThrow(
      `${DATA}, line 1: item "incoming/gone.csv" does not exist`,
    );
    await putInventory({}, line('incoming/%zz.csv'));
    await expect(planning.plan({ manifest: MANIFEST })).rejects.toThrow(
      `${DATA}, line 1: the key is not encoded as in a URL; got "incoming/%zz.csv"`,
    );
  });
});
