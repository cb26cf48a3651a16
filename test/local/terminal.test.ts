import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { summaryLines } from '../../lib/local/cli/summary-lines';
import { cleanLine, displayWidth, fitted, Terminal } from '../../lib/local/terminal';

const ROOT = join(__dirname, '../..');

class Screen {
  text = '';
  constructor(
    readonly isTTY: boolean,
    readonly columns = 80,
  ) {}

  write(text: string): void {
    this.text += text;
  }
}

const HOSTILE: Readonly<Record<string, string>> = {
  'a title': '\x1b]0;owned\x07done',
  'a clear screen': '\x1b[2J\x1b[Hdone',
  'an 8-bit control sequence': '\x9b2Jdone',
  'a device control string': '\x1bP1$tx\x1b\\done',
  'an escape at the end': 'done\x1b',
  'a return to the start of the line': 'Run a failed\rRun a succeeded',
  'a forged line': 'a.csv\nRun a succeeded',
  'a forged line by other line ends': 'a.csv\u2028b\u2029c\x85d\x0be\x0cf',
  'a change of direction': 'a\u202egpj.exe\u2066\u200f',
  'half a character': 'a\ud800b',
  'backspaces and a bell': 'failed\b\b\b\b\b\bpassed\x07\x7f',
};

/** What a terminal may be given in a line: nothing that moves, hides, turns or ends. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

describe('a line on a terminal', () => {
  test.each(Object.entries(HOSTILE))('is one line, without %s', (_, text) => {
    const screen = new Screen(true);
    new Terminal(screen).lines(text, 'next');
    const lines = screen.text.split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).not.toMatch(UNSAFE);
    expect(lines[1]).toBe('next');
  });

  test('keeps the letters of all scripts, emoji and accents', () => {
    for (const text of ['Zürich 한글 עברית', 'e\u0301', '👩‍👩‍👧', '│ ✓ …']) {
      expect(cleanLine(text)).toBe(text);
    }
  });

  test('whatever the text is', () => {
    const hostile = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...Object.values(HOSTILE))));
    fc.assert(
      fc.property(hostile, (parts) => {
        expect(cleanLine(parts.join(''))).not.toMatch(UNSAFE);
      }),
    );
  });
});

describe('text of several lines', () => {
  test('is indented after the first, so that none looks like a line of the program', () => {
    const screen = new Screen(false);
    new Terminal(screen).text('agentcore-local: no file "a\nRun 1 succeeded: all 3 items"');
    expect(screen.text).toBe('agentcore-local: no file "a\n  Run 1 succeeded: all 3 items"\n');
  });
});

describe('the output of a program', () => {
  const output = 'a\tb\r\n\x1b[31mred\x1b[0m\rover\n\x1b]0;t\x07\x00end';

  test('goes into a pipe byte by byte', () => {
    const screen = new Screen(false);
    new Terminal(screen).output(output);
    expect(screen.text).toBe(output);
  });

  test('keeps its lines and tabs on a terminal, and nothing that steers it', () => {
    const screen = new Screen(true);
    new Terminal(screen).output(output);
    expect(screen.text).toBe('a\tb\nred\nover\n␀end');
  });
});

describe('a status line', () => {
  test('is replaced, also by lines above it, and never longer than the terminal is wide', () => {
    const screen = new Screen(true, 10);
    const terminal = new Terminal(screen);
    terminal.status('0123456789abc');
    terminal.lines('above');
    expect(screen.text).toBe('012345678\r\x1b[2Kabove\n');
  });
});

describe('a cell of a table', () => {
  test('has its width, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 60 }), (text, width) => {
        // A cut may fall before a letter of two columns, and leave one free: that is filled.
        expect(displayWidth(fitted(text, width))).toBe(width);
      }),
    );
  });

  test('keeps both ends of a name that is too long', () => {
    expect(fitted('000001-a-very-long-name-of-a-file.csv', 20)).toBe('000001-a-v…-file.csv');
    expect(fitted('000053-한글한글한글한글.csv', 16)).toBe('000053-한…글.csv');
  });
});

test('the table of a summary is whole, whatever the items are called and their rows hold', async () => {
  const folder = mkdtempSync(join(ROOT, 'test', '.summary-'));
  try {
    const names = [...Object.values(HOSTILE), 'x'.repeat(300), '한글'.repeat(50), 'a.csv'];
    const results = names.map((name, index) => ({
      ...{ id: `00000${index}`, key: `incoming/${name}`, bytes: 1, status: 'skipped', startedAt: '' },
      ...{ durationSeconds: 1, files: [], row: { [name]: name, rows: 12 } },
    }));
    writeFileSync(join(folder, 'results.jsonl'), results.map((result) => JSON.stringify(result)).join('\n'));
    const lines = await summaryLines({
      ...{ runId: 'r', folder, sessionsLeft: 0, sessionsStarted: 1, invocations: 1 },
      outcome: { status: 'SUCCEEDED', path: [] },
      shape: { longItems: false },
      summary: {
        counts: { total: 1, succeeded: 1, failed: 0, skipped: 0 },
        sessions: { used: 1, orphaned: 0 },
        durationSeconds: 1,
        warnings: [],
      },
    } as never);
    const end = lines.indexOf('', 1);
    const table = lines.slice(1, end);
    expect(table).toHaveLength(names.length + 2);
    const [header = ''] = table;
    const statusAt = displayWidth(header.slice(0, header.indexOf('status')));
    for (const line of table.slice(2)) {
      expect(displayWidth(line.slice(0, line.indexOf('skipped')))).toBe(statusAt);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nothing of the local tools prints past the terminal: the lint rule says so', () => {
  const folder = mkdtempSync(join(ROOT, 'lib/local/.lint-'));
  try {
    for (const statement of ["process.stdout.write('a')", "console.log('a')", 'export const out = process.stderr']) {
      const file = join(folder, 'printing.ts');
      writeFileSync(file, `${statement};\n`);
      const { status, stdout, stderr } = spawnSync('npx', ['biome', 'lint', file], { cwd: ROOT, encoding: 'utf8' });
      expect({ status, said: `${stdout}${stderr}` }).toEqual({
        status: 1,
        said: expect.stringContaining('Print through lib/local/terminal.ts'),
      });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
