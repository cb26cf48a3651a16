/** How a table is written: for programs, or for spreadsheets. */
export interface TableStyle {
  /** What the file begins with. */
  readonly start: string;
  cell(text: string): string;
}

/** Every cell as it is. */
export const EXACT: TableStyle = { start: '', cell: (text) => text };

/** With a byte order mark, without which Excel takes UTF-8 for something else, and without formulas. */
export const SPREADSHEET: TableStyle = { start: '\ufeff', cell: disarmed };

/** What spreadsheets compute; of full width, too, which some take alike. White space before it does not stop them. */
const FORMULA = /^[\s\0]*[=+\-@\t\r＝＋－＠]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Text where a spreadsheet would see a formula, which may fetch and send: with an apostrophe before it. A number stays a
 * number.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function disarmed(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
