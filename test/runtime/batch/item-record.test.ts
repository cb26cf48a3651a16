import { createHash } from 'node:crypto';
import { RunLayout } from '../../../lib/contract/layout';
import { ItemRecorder } from '../../../lib/runtime/batch/item-record';
import { Planning } from '../../support/planning';

describe("an item's row is the object in its result.json", () => {
  const planning = Planning.forEachTest();
  let recorder: ItemRecorder;

  beforeEach(() => {
    recorder = new ItemRecorder(planning.store, new RunLayout('Sales', 'run-1'));
  });

  /** As if the driver had told of an item that left this result.json. */
  async function recorded(text: string) {
    const archive = Buffer.from(text);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    const part = { kind: 'file' as const, path: 'result.json', bytes: archive.length, offset: 0, sha256 };
    const item = { id: '000001-a.csv', key: 'incoming/a.csv', bytes: 1 };
    return recorder.record(item, 'session', { id: item.id, seconds: 1, parts: [part], warnings: [] }, archive);
  }

  test("Python's NaN and Infinity are empty values; the same words in a text are left alone", async () => {
    const { row } = await recorded(
      String.raw`{"mean": NaN, "most": [-Infinity, Infinity], "note": "mean: NaN, see \"[NaN]\"", "NaN": 1}`,
    );
    expect(row).toEqual({ mean: null, most: [null, null], note: 'mean: NaN, see "[NaN]"', NaN: 1 });
  });

  test.each([
    ['[1]', 'found an array'],
    ['"text"', 'found string'],
    ['{', 'JSON'],
  ])('anything else fails the item: %s', async (text, reason) => {
    const { status, error } = await recorded(text);
    expect(status).toBe('failed');
    expect(error?.message).toMatch(/^result\.json must hold one JSON object: /);
    expect(error?.message).toContain(reason);
  });

  test('what is written first stays', async () => {
    await recorded('{"try": 1}');
    await recorded('{"try": 2}');
    const kept = await planning.store.findJson('runs/Sales/run-1/items/000001-a.csv/result.json');
    expect(kept).toMatchObject({ row: { try: 1 } });
  });
});
