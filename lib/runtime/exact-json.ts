import type { JsonObject } from '../contract/json';

/**
 * JSON whose numbers keep their digits. JavaScript rounds integers above 2^53 and decimals of more than 17 digits; such a
 * number stays the text that it was, as an object of `JSON.rawJSON`, which `JSON.stringify` writes as that text again.
 */
interface ExactJson {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
  parse(
    text: string,
    revive: (name: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
/** TypeScript does not know of it yet; Node.js has it since version 21. */
const exact = JSON as unknown as ExactJson;

/** No other text can hold a number that is rounded: one has 16 digits, or an exponent. */
const MAY_BE_ROUNDED = /[\d.]{16}|\d[eE][+-]?\d/;
/** No other text can hold a number that is written otherwise: those, and ones such as 1.0 and -0. */
const MAY_BE_REWRITTEN = /[\d.]{16}|\d[eE]|\.\d*0(?!\d)|-0/;

/** Parses JSON; a number that JavaScript would round keeps its digits. */
export function parseExactly<T>(text: string): T {
  return (MAY_BE_ROUNDED.test(text) ? exact.parse(text, keeping(isRounded)) : JSON.parse(text)) as T;
}

/** The same, and a number keeps its spelling: to a script in Python, 1.0 is not what 1 is. */
export function parseVerbatim<T>(text: string): T {
  return (MAY_BE_REWRITTEN.test(text) ? exact.parse(text, keeping(isRewritten)) : JSON.parse(text)) as T;
}

/** The digits of a number that is kept as text; nothing for any other value. */
export function exactDigits(value: unknown): string | undefined {
  return exact.isRawJSON(value) ? value.rawJSON : undefined;
}

/** The text of an object, if plain JSON.parse would read other numbers from it; nothing if it would not. */
export function textIfInexact(value: JsonObject): string | undefined {
  const text = JSON.stringify(value);
  return JSON.stringify(JSON.parse(text)) === text ? undefined : text;
}

function keeping(isChanged: (source: string, value: number) => boolean) {
  return (_: string, value: unknown, { source }: { readonly source?: string }): unknown =>
    typeof value === 'number' && source !== undefined && isChanged(source, value) ? exact.rawJSON(source) : value;
}

function isRewritten(source: string, value: number): boolean {
  return String(value) !== source;
}

function isRounded(source: string, value: number): boolean {
  return String(value) !== source && (!Number.isFinite(value) || decimal(source) !== decimal(String(value)));
}

/** A number by its significant digits and the power of ten behind them, such as `-12e3` for `-12000.0`. */
function decimal(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${sign}${significant}e${power}`;
}
