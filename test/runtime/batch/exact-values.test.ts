import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { BatchRequest } from '../../../lib/contract/batch';
import { notRunResult } from '../../../lib/runtime/batch/item-record';
import { Planning, SALES } from '../../support/planning';

/** No value is altered between manifest, script and results: it arrives with all of its digits, or is refused. */
describe('exact values', () => {
  const planning = Planning.forEachTest('incoming/a.csv', 'incoming/b.csv');
  const put = (key: string, content: string | Uint8Array) => planning.store.put(key, content, 'text/plain');

  describe('the parameters of a manifest', () => {
    const PARAMETERS = '{"account":9007199254740993,"rate":1.0,"amount":0.12345678901234567890,"far":1e400}';

    test.each([
      ['list.jsonl', `{"key":"incoming/a.csv","parameters":${PARAMETERS}}`],
      ['list.json', `[{"key":"incoming/a.csv","parameters":${PARAMETERS}}]`],
    ])('reach the item as they are written, in %s', async (name, content) => {
      await put(`incoming/${name}`, content);
      const [item] = await planning.items({ manifest: `incoming/${name}` });
      expect(item).toMatchObject({ parametersText: PARAMETERS });
      expect(item).not.toHaveProperty('parameters');
      // What the script is given, and what the item's result says.
      expect(item && JSON.stringify(notRunResult(item).parameters)).toBe(PARAMETERS);
    });

    test('with those of a grid', async () => {
      await put('incoming/list.jsonl', '{"key":"incoming/a.csv","parameters":{"n":9007199254740993}}');
      const items = await planning.items({ manifest: 'incoming/list.jsonl', grid: { m: [1, 'x'] } });
      expect(items.map(({ parametersText }) => parametersText)).toEqual([
        '{"n":9007199254740993,"m":1}',
        '{"n":9007199254740993,"m":"x"}',
      ]);
    });

    test('called __proto__ and constructor, too', async () => {
      const parameters = '{"__proto__":{"x":1},"constructor":"c"}';
      await put('incoming/list.jsonl', `{"key":"incoming/a.csv","parameters":${parameters}}`);
      const [item] = await planning.items({ manifest: 'incoming/list.jsonl' });
      expect(JSON.stringify(item?.parameters)).toBe(parameters);
    });

    test('of two items that differ in the last digit are those of two items', async () => {
      const line = (digit: number) => `{"key":"incoming/a.csv","parameters":{"n":900719925474099${digit}}}`;
      await put('incoming/list.jsonl', `${line(2)}\n${line(3)}`);
      expect(await planning.items({ manifest: 'incoming/list.jsonl' })).toHaveLength(2);
    });
  });

  test.each<[string, BatchRequest, string]>([
    [
      'parameters',
      { parameters: { a: { b: [1, 2 ** 53] } } },
      'parameters.a.b.1: 9007199254740992 may have been rounded',
    ],
    ['a grid', { grid: { n: [2 ** 60] } }, 'grid.n.0: 1152921504606846976 may have been rounded'],
    [
      'items',
      { items: [{ key: 'incoming/a.csv', parameters: { n: -(2 ** 53) } }] },
      'items.0.parameters.n: -9007199254740992 may have been rounded',
    ],
  ])('integers that were rounded before they came are refused, in %s of a request', async (_, request, message) => {
    await expect(planning.plan(request)).rejects.toThrow(message);
  });

  test('the numbers of a row reach results.jsonl and results.csv with their digits', async () => {
    const row =
      '{"id":9007199254740993,"price":0.10,"mean":0.30000000000000004,"n":12.0,"list":[12345678901234567890]}';
    const plan = await planning.plan();
    const [first, second] = await planning.itemsAt(plan.manifestKey);
    if (!first || !second) {
      throw new Error('two items are needed');
    }
    for (const item of [first, second]) {
      const result = JSON.stringify(notRunResult(item)).replace(/\}$/, `,"row":${row}}`);
      await planning.store.put(`runs/Sales/run-1/items/${item.id}/result.json`, result, 'application/json');
    }
    await planning.report(SALES, plan);
    // A run that is resumed has nothing left to do: its results are the same, but for their status.
    const resumed = await planning.plan({ runId: 'run-1' }, {}, 'run-2');
    expect(resumed.pending).toBe(0);
    await planning.report(SALES, resumed, { executionName: 'run-2' });
    const lines = (await planning.store.text('runs/Sales/run-1/results.jsonl')).trim().split('\n');
    for (const line of lines) {
      expect(line).toContain(`"row":${row}`);
      expect(line).toContain('"status":"skipped"');
    }
    const [, csv] = (await planning.store.text('runs/Sales/run-1/results.csv')).split('\r\n');
    expect(csv).toContain(',9007199254740993,0.10,0.30000000000000004,12.0,[12345678901234567890]');
  });

  describe('text that is not UTF-8', () => {
    const cp949 = Buffer.from([0xc1, 0xf6, 0xbf, 0xaa]);
    const bytes = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));

    test.each<[string, string, Buffer, string]>([
      [
        'CP949 in a header',
        'list.csv',
        bytes('key,', cp949, '\r\nincoming/a.csv,x\r\n'),
        'list.csv, line 1: this is not text in UTF-8: byte 0xC1',
      ],
      [
        'CP949 in a row',
        'list.csv',
        bytes('key,n\r\nincoming/a.csv,x\r\nincoming/b.csv,', cp949),
        'list.csv, line 3: ',
      ],
      ['CP949 in JSON Lines', 'list.jsonl', bytes('"incoming/a.csv"\n{"key":"', cp949, '"}'), 'list.jsonl, line 2: '],
      ['CP949 in JSON', 'list.json', bytes('[\n\n"', cp949, '"]'), 'list.json, line 3: '],
      [
        'a character that is cut off',
        'list.csv',
        bytes('key\nincoming/a.csv', Buffer.from([0xed, 0x95])),
        'list.csv, line 2: ',
      ],
      [
        'UTF-16, little end first',
        'list.csv',
        bytes(Buffer.from('\ufeffkey\n', 'utf16le')),
        'list.csv, line 1: this is text in UTF-16; save it as UTF-8',
      ],
      ['UTF-16, big end first', 'list.json', Buffer.from('\ufeff[]', 'utf16le').swap16(), 'this is text in UTF-16'],
      ['packed', 'list.csv.gz', gzipSync(bytes('key\n', cp949)), 'list.csv.gz, line 2: '],
    ])('is refused, with its line: %s', async (_, name, content, message) => {
      await put(`incoming/${name}`, content);
      await expect(planning.items({ manifest: `incoming/${name}` })).rejects.toMatchObject({
        name: 'InvalidInput',
        message: expect.stringContaining(message),
      });
    });

    test('is found wherever it stands in a large file', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 30_000 }), async (before) => {
          const lines = `"incoming/한글${'x'.repeat(20)}"\n`.repeat(before);
          await put('incoming/list.jsonl', bytes(lines.replaceAll('"', ' ').replace(/\S/g, ' '), cp949));
          await expect(planning.items({ manifest: 'incoming/list.jsonl' })).rejects.toThrow(`line ${before + 1}: `);
        }),
        { numRuns: 10 },
      );
    });
  });

  test('a manifest with semicolons is told to have commas', async () => {
    await put('incoming/list.csv', 'key;region\r\nincoming/a.csv;north\r\n');
    await expect(planning.items({ manifest: 'incoming/list.csv' })).rejects.toThrow('separated by commas');
  });
});
