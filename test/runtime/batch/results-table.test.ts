import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { ItemResult } from '../../../lib/contract/batch-item';
import type { JsonObject } from '../../../lib/contract/json';
import { MAX_COLUMNS, ResultsTable } from '../../../lib/runtime/batch/results-table';
import { EXACT, SPREADSHEET } from '../../../lib/runtime/batch/table-style';

const ITEM: ItemResult = {
  id: '000001-a.csv',
  key: 'incoming/a.csv',
  bytes: 5,
  status: 'succeeded',
  startedAt: '2026-11-22T00:00:00.000Z',
  durationSeconds: 1.5,
  files: [],
};

async function tableOf(results: ItemResult[], style = EXACT): Promise<string> {
  const table = new ResultsTable();
  for (const result of results) {
    table.learn(result);
  }
  const lines: string[] = [];
  await table.write(iterate(results), async (line) => void lines.push(line), style);
  return lines.join('');
}

async function* iterate<T>(values: T[]): AsyncGenerator<T> {
  yield* values;
}

test('a line for each item, with the columns of all rows in the order of their first appearance', async () => {
  const error = { name: 'ScriptFailed', message: 'ValueError: "a", not b' } as const;
  const text = await tableOf([
    { ...ITEM, row: { lines: 3, name: 'Äpfel, 2' } },
    { ...ITEM, id: '000002-b.csv', status: 'failed', error, parameters: { n: 1 } },
    { ...ITEM, id: '000003-c.csv', row: { name: 'x', tags: ['a', 'b'], ok: true, none: null } },
  ]);
  expect(text.split('\r\n')).toEqual([
    'id,key,status,durationSeconds,errorName,errorMessage,parameter_n,lines,name,tags,ok,none',
    '000001-a.csv,incoming/a.csv,succeeded,1.5,,,,3,"Äpfel, 2",,,',
    '000002-b.csv,incoming/a.csv,failed,1.5,ScriptFailed,"ValueError: ""a"", not b",1,,,,,',
    '000003-c.csv,incoming/a.csv,succeeded,1.5,,,,,x,"[""a"",""b""]",true,',
    '',
  ]);
});

test('no two columns have the same name', async () => {
  const row = { key: 'k', row_key: 'r', parameter_n: 'p' };
  const [header, line] = (await tableOf([{ ...ITEM, parameters: { n: 1 }, row }])).split('\r\n');
  expect(header?.split(',').slice(6)).toEqual(['parameter_n', 'row_key', 'row_row_key', 'row_parameter_n']);
  expect(line?.split(',').slice(6)).toEqual(['1', 'k', 'r', 'p']);
});

test('what a spreadsheet would take for a formula is left as it is', async () => {
  expect(await tableOf([{ ...ITEM, row: { a: '=1+1', b: -1, c: '+x', d: '@y' } }])).toContain(',=1+1,-1,+x,@y\r\n');
});

test('columns without end do not take memory without end', async () => {
  const results = Array.from({ length: MAX_COLUMNS + 5 }, (_, index) => ({ ...ITEM, row: { [`c${index}`]: 1 } }));
  const [header] = (await tableOf(results)).split('\r\n');
  expect(header?.split(',')).toHaveLength(6 + MAX_COLUMNS);
});

const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('"', ',', '\n', '\r\n', ' '),
);
const rows = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c,d', '"'), cell), { minLength: 1, maxLength: 5 });

test('any rows: read again, they are what they were, but for line breaks', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (values) => {
      const text = await tableOf(values.map((row) => ({ ...ITEM, row: row as JsonObject })));
      const read: Record<string, string>[] = parse(text, { columns: true, record_delimiter: '\r\n' });
      expect(read.map(({ id, key, status, durationSeconds, errorName, errorMessage, ...row }) => row)).toEqual(
        values.map((row) => expectedRow(values, row)),
      );
      expect(text.split('\n')).toHaveLength(values.length + 2);
    }),
  );
});

function expectedRow(all: object[], row: object): Record<string, string> {
  const names = new Set(all.flatMap((each) => Object.keys(each)));
  const values = row as Record<string, unknown>;
  return Object.fromEntries([...names].map((name) => [name, String(values[name] ?? '').replace(/\r\n|\r|\n/g, ' ')]));
}

describe('a table for spreadsheets', () => {
  const cellsOf = async (values: string[]) => {
    const text = await tableOf(
      [{ ...ITEM, row: Object.fromEntries(values.map((value, at) => [`c${at}`, value])) }],
      SPREADSHEET,
    );
    const [, line = []] = parse(text, { bom: true }) as string[][];
    return { text, cells: line.slice(6) };
  };

  test('begins with a byte order mark', async () => {
    expect((await cellsOf(['a'])).text).toMatch(/^\ufeffid,key,/);
  });

  test.each([
    '=1+1',
    '+cmd|x!A1',
    '-2+3',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    ' =HYPERLINK("//a")',
    '\n=1',
    '＝1+1',
    '＋1+a',
    '－a',
    '＠a',
    '=',
    '-',
    '\ufeff=1',
  ])('has no formula in place of %j', async (value) => {
    const { cells } = await cellsOf([value]);
    expect(cells[0]).toBe(`'${value.replace(/[\r\n]/g, ' ')}`);
  });

  test.each(['-5', '+3.25', '-1e-9', '.5', '12345678901234567890', 'a=b', 'a-b', '', "'quoted"])(
    'leaves %j as it is',
    async (value) => {
      expect((await cellsOf([value])).cells).toEqual([value]);
    },
  );

  test('has no formula in its header, nor in keys and messages', async () => {
    const error = { name: 'ScriptFailed', message: '=1+1' } as const;
    const text = await tableOf([{ ...ITEM, key: '@a', error, row: { '=1+1': 2 } }], SPREADSHEET);
    for (const line of parse(text, { bom: true }) as string[][]) {
      for (const cell of line) {
        expect(cell).not.toMatch(/^[=+@-]/);
      }
    }
  });

  test('is not the table for programs, whose cells are not touched', async () => {
    const row = { a: '=1+1', b: '-1' };
    const [, line = []] = parse(await tableOf([{ ...ITEM, row }])) as string[][];
    expect(line.slice(6)).toEqual(['=1+1', '-1']);
  });
});
