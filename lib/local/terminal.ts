import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

/** Where text goes: a stream of the process, or a test's. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * The only way to standard output and standard error.
 *
 * What scripts print, what files are called and what services answer must not steer a terminal, nor look like a line of
 * this program: so every line is cleaned here. A lint rule keeps the rest of `lib/local` from writing to the streams itself.
 */
export class Terminal {
  private statusShown = false;

  constructor(private readonly stream: TextStream) {}

  get interactive(): boolean {
    return this.stream.isTTY === true;
  }

  /** Characters to a line. */
  get columns(): number {
    return this.stream.columns ?? 80;
  }

  /** Prints lines, each of which stays one line whatever it holds. */
  lines(...lines: readonly string[]): void {
    this.clearStatus();
    this.stream.write(lines.map((line) => `${cleanLine(line)}\n`).join(''));
  }

  /** Prints text of several lines, such as a log or an error. All but the first are indented, so that none can be forged. */
  text(text: string): void {
    const [first = '', ...more] = text.trimEnd().split(/\r?\n/);
    this.lines(first, ...more.map((line) => `  ${line}`));
  }

  /**
   * Hands on what a program printed: byte by byte into a pipe or a file, for the next program; on a terminal without
   * anything that would steer it.
   */
  output(text: string): void {
    this.clearStatus();
    if (!this.interactive) {
      this.stream.write(text);
      return;
    }
    this.stream.write(
      text
        .split(/\r\n|\r|\n/)
        .map(cleanOutputLine)
        .join('\n'),
    );
  }

  /** Shows a line that the next call replaces. Only for a terminal. */
  status(line: string): void {
    const erase = this.statusShown ? ERASE_LINE : '';
    this.stream.write(`${erase}${cleanLine(line).slice(0, this.columns - 1)}`);
    this.statusShown = true;
  }

  clearStatus(): void {
    if (this.statusShown) {
      this.stream.write(ERASE_LINE);
      this.statusShown = false;
    }
  }
}

const ERASE_LINE = '\r\x1b[2K';

export const standardOutput = new Terminal(process.stdout);
export const standardError = new Terminal(process.stderr);

/** From now on, output that nobody can read any more is dropped, such as that to a terminal which was closed. */
export function ignoreOutputErrors(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {});
  }
}

/** Where writes to a pipe are asynchronous, what was written last must get out before the process exits. */
export async function flushOutput(): Promise<void> {
  const streams = [process.stdout, process.stderr].filter(({ destroyed }) => !destroyed);
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))));
}

/** Control characters, ends of lines, changes of direction, and halves of characters. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line without anything that steers a terminal: escape sequences go, what else is unsafe is shown as a sign. */
export function cleanLine(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, sign);
}

/** The same, with the tabs that tables are made with. */
function cleanOutputLine(line: string): string {
  return line.split('\t').map(cleanLine).join('\t');
}

/** Unicode has pictures of the first control characters, such as ␊ for a new line. */
function sign(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) {
    return String.fromCharCode(0x2400 + code);
  }
  return code === 0x7f ? '\u2421' : '\ufffd';
}

/** How many columns a line takes: letters of some scripts take two. */
export function displayWidth(text: string): number {
  return stringWidth(cleanLine(text));
}

/** Filled with spaces to a width, or cut in the middle: both ends of a name tell names apart. */
export function fitted(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const line = cutInMiddle(cleanLine(text), width);
  const spaces = ' '.repeat(Math.max(0, width - stringWidth(line)));
  return align === 'left' ? line + spaces : spaces + line;
}

function cutInMiddle(line: string, width: number): string {
  if (stringWidth(line) <= width) {
    return line;
  }
  const characters = [...line];
  const tail = charactersThatFit(characters.toReversed(), Math.floor((width - 1) / 2)).toReversed();
  const head = charactersThatFit(characters, width - 1 - stringWidth(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

function charactersThatFit(characters: readonly string[], width: number): string[] {
  const fit: string[] = [];
  let used = 0;
  for (const character of characters) {
    used += stringWidth(character);
    if (used > width) {
      break;
    }
    fit.push(character);
  }
  return fit;
}
