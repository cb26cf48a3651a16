import fc from 'fast-check';
import { exactDigits, parseExactly, parseVerbatim, textIfInexact } from '../../lib/runtime/exact-json';

/** Numbers as JSON writes them, of any size and precision. */
const numberText = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9]\d{0,40}$/)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,30}$/)),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?\d{1,3}$/)),
  )
  .map((parts) => parts.join(''));

/** The exact value of such a text, as a fraction of two integers. */
function fraction(text: string): [bigint, bigint] {
  const [, sign, whole = '', digits = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const power = Number(exponent) - digits.length;
  const number = BigInt(`${sign}${whole}${digits}`);
  return power >= 0 ? [number * 10n ** BigInt(power), 1n] : [number, 10n ** BigInt(-power)];
}

function equal(one: string, other: string): boolean {
  const [[a, b], [c, d]] = [fraction(one), fraction(other)];
  return a * d === c * b;
}

describe('a number that is parsed and written again', () => {
  test('has the same value, whatever its size', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        const written = JSON.stringify(parseExactly<{ a: unknown }>(`{"a":${text}}`)).slice(5, -1);
        expect(equal(written, text)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('has the same spelling, where that is asked for', () => {
    fc.assert(
      fc.property(numberText, (text) => {
        expect(JSON.stringify(parseVerbatim(`[${text}]`))).toBe(`[${text}]`);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(['9007199254740993', '12345678901234567890', '1e400', '0.1000000000000000055511151231257827', '-1e-400'])(
    'keeps its digits as text: %s',
    (text) => {
      expect(exactDigits(parseExactly<unknown[]>(`[${text}]`)[0])).toBe(text);
    },
  );

  test.each([
    '0',
    '1.0',
    '0.30000000000000004',
    '1e21',
    '1.7976931348623157e308',
    '9007199254740992',
    '100000000000000000000',
  ])('is a number where it is exactly that: %s', (text) => {
    expect(parseExactly<unknown[]>(`[${text}]`)[0]).toBe(Number(text));
  });
});

test('digits within text are text', () => {
  const text = '{"a":"9007199254740993 and 1.0","9007199254740993":"1e400"}';
  expect(parseVerbatim(text)).toEqual(JSON.parse(text));
});

test('__proto__ and constructor are names like any other', () => {
  const text = '{"__proto__":{"x":9007199254740993},"constructor":1.0}';
  expect(JSON.stringify(parseVerbatim(text))).toBe(text);
  expect(JSON.stringify(parseExactly(text))).toBe('{"__proto__":{"x":9007199254740993},"constructor":1}');
});

test('an object whose numbers every reader understands needs no text', () => {
  expect(textIfInexact(parseVerbatim('{"a":1.5,"b":[true,null,"x"]}'))).toBeUndefined();
  expect(textIfInexact(parseVerbatim('{"a":1.0}'))).toBe('{"a":1.0}');
});
