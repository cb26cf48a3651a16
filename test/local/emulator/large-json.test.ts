import fc from 'fast-check';
import { jsonPieces, LongString, parseLargeJson, ResultBytes } from '../../../lib/local/emulator/large-json';

const anyMember = () => true;

describe('JSON with long strings', () => {
  test('parses to the same values, however the strings are escaped', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\', '"', '\\"', '\u0000', '🎉', '\ud83c', '\\\\u', 'é'),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 20 }), fc.nat(7), (parts, shift) => {
        const text = `${'x'.repeat(shift)}${parts.join('')}`.repeat(
          Math.ceil(3_400_000 / (parts.join('').length + shift + 1)),
        );
        const parsed = parseLargeJson(
          Buffer.from(JSON.stringify({ small: 'a', text, after: [text.length] })),
          anyMember,
        );
        const { text: long, ...rest } = parsed as { text: LongString };
        expect(rest).toEqual({ small: 'a', after: [text.length] });
        const whole = long instanceof LongString ? [...long.pieces()].join('') : long;
        expect(whole === text).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  test('gives strings where they may not be long', () => {
    const code = 'y'.repeat(2_000_000);
    expect((parseLargeJson(Buffer.from(JSON.stringify({ code })), () => false) as { code: string }).code === code).toBe(
      true,
    );
  });

  test.each(['{"text": "LONG\n"}', '{"text": "LONG\\x"}', '{"text": "LONG', '{"text": LONG"}'])(
    'refuses %j',
    (pattern) => {
      const bytes = Buffer.from(pattern.replace('LONG', 'z'.repeat(1_500_000)));
      expect(() => parseLargeJson(bytes, anyMember)).toThrow(SyntaxError);
    },
  );

  test('writes what JSON.stringify would', () => {
    const bytes = Buffer.from(`é🎉"\n${'w'.repeat(4_000_000)}🎉`);
    const value = { a: [1, null, 'x', true, [], {}], skipped: undefined, long: `🎉\\${'v'.repeat(3_500_000)}` };
    const written = Buffer.concat([
      ...jsonPieces({ ...value, text: new ResultBytes(bytes, 'utf8'), blob: new ResultBytes(bytes, 'base64') }),
    ]);
    const expected = JSON.stringify({ ...value, text: bytes.toString('utf8'), blob: bytes.toString('base64') });
    expect(written.toString('utf8') === expected).toBe(true);
  });
});
