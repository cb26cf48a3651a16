import fc from 'fast-check';
import { isItemId, itemId } from '../../../lib/runtime/batch/item-id';

test.each([
  ['incoming/sales 2026.csv', '', '000053-sales-2026.csv'],
  ['incoming/한글.csv', '', '000053-한글.csv'],
  ['incoming/\u1112\u1161\u11ab.csv', '', '000053-\ud55c.csv'],
  ['incoming/Ünïcode_Ñ.csv', '', '000053-Ünïcode_Ñ.csv'],
  ['incoming/देवनागरी.csv', '', '000053-देवनागरी.csv'],
  ['incoming/a😀b\u202e\n.csv', '', '000053-a-b-.csv'],
  ['incoming/a.csv', 'currency=€ year=٢٠٢٦', '000053-a.csv-currency-year-٢٠٢٦'],
])('the id of %j with the label %j is %s', (key, label, id) => {
  expect(itemId(52, key, label)).toBe(id);
});

test('is known as one, and is a file name, whatever the key', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('/', '한', '𠀀', 'e\u0301'), fc.string({ unit: 'binary' })),
  });
  fc.assert(
    fc.property(text, text, fc.nat(999_999), (key, label, index) => {
      const id = itemId(index, key, label);
      expect(isItemId(id)).toBe(true);
      expect(id).not.toMatch(/[/\p{C}\s]/u);
      expect([...id].length).toBeLessThanOrEqual(132);
      expect(Buffer.byteLength(id)).toBeLessThanOrEqual(230);
    }),
  );
});
