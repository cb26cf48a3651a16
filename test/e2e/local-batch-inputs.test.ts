/** @needs Python */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { AnalysisInput } from '../../lib';
import { Scratch } from '../support/local-batch';

/** What a batch takes its items from, in the synthesized workflow with its bundled handlers. */
describe('the items of a batch', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  /** The lines of results.csv, as a data frame would have them. */
  async function table(): Promise<Record<string, string>[]> {
    return parse(await readFile(join(scratch.results, 'results.csv'), 'utf8'), { columns: true });
  }

  test('from a manifest with parameters, each with every combination of a grid', async () => {
    scratch.synthesize('count.py', {
      input: AnalysisInput.fromManifest('incoming/list.csv', { grid: { method: ['mean', 'median'] } }),
    });
    const inputs = await scratch.inputs({
      'a.csv': 'a\nb\n',
      'b.csv': 'a\n',
      'other.csv': '',
      'list.csv': 'key,currency\r\nincoming/b.csv,CHF\r\nincoming/a.csv,\r\n',
    });
    const { outcome, summary } = await scratch.run([inputs]);
    expect(outcome.status).toBe('SUCCEEDED');
    expect(summary?.counts).toEqual({ total: 4, succeeded: 4, failed: 0, skipped: 0 });
    expect(await table()).toMatchObject([
      row('000001-b.csv-method-mean', 'CHF', 'mean', '1'),
      row('000002-b.csv-method-median', 'CHF', 'median', '1'),
      row('000003-a.csv-method-mean', '', 'mean', '2'),
      row('000004-a.csv-method-median', '', 'median', '2'),
    ]);
  });

  test('from the manifest, and with the grid, of the request', async () => {
    scratch.synthesize('count.py', {
      input: AnalysisInput.fromPrefix('incoming/', { exclude: ['**'], grid: { method: ['mean'] } }),
    });
    const inputs = await scratch.inputs({ 'a.csv': 'a\n', 'list.jsonl': '"incoming/a.csv"\n' });
    const { outcome } = await scratch.run([inputs], {
      request: { manifest: 'incoming/list.jsonl', grid: { threshold: [1, 2.5] } },
    });
    expect(outcome.status).toBe('SUCCEEDED');
    expect(await table()).toMatchObject([
      { id: '000001-a.csv-threshold-1', parameters: '{"threshold":1}' },
      { id: '000002-a.csv-threshold-2.5', parameters: '{"threshold":2.5}' },
    ]);
  });

  test('of any name: of every script, and those that an item has for files of its own', async () => {
    scratch.synthesize('count.py', { input: AnalysisInput.fromPrefix('incoming/', { include: ['*'] }) });
    const names = ['item.json', 'output', 'caf\u0065\u0301.csv', '한글.csv', '🙂 + %41&.csv', '日本語'.repeat(25)];
    const inputs = await scratch.inputs(Object.fromEntries(names.map((name) => [name, 'x\n'])));
    const { summary } = await scratch.run([inputs]);
    expect(summary?.failures).toEqual([]);
    expect(summary?.counts).toMatchObject({ total: names.length, succeeded: names.length });
    const results = await scratch.itemResults();
    expect([...results.keys()].sort()).toEqual([...names].sort());
    for (const { id, row, files } of results.values()) {
      expect(row).toMatchObject({ lines: 1 });
      expect(await readFile(join(scratch.results, 'items', id, 'files/copy.bin'), 'utf8')).toBe('x\n');
      expect(files.map(({ path }) => path)).toContain('copy.bin');
    }
    expect(results.get('한글.csv')?.id).toMatch(/^\d{6}-한글\.csv$/);
    // Another run makes way for what this one has left.
    await scratch.run([join(inputs, 'output')]);
    expect(await readdir(join(scratch.results, 'items'))).toEqual(['000001-output']);
  });

  test('all checked before a session starts', async () => {
    scratch.synthesize('count.py', { input: AnalysisInput.fromManifest('incoming/list.csv') });
    const inputs = await scratch.inputs({ 'a.csv': '', 'list.csv': 'key\nincoming/a.csv\nincoming/no.csv\n' });
    const { outcome, sessionsStarted } = await scratch.run([inputs]);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'InvalidInput', path: ['Plan'] });
    expect(outcome.cause).toContain('incoming/list.csv, line 3: item "incoming/no.csv" does not exist');
    expect(sessionsStarted).toBe(0);
  });
});

function row(id: string, currency: string, method: string, lines: string): Record<string, string> {
  return { id, status: 'succeeded', parameter_currency: currency, parameter_method: method, lines };
}
