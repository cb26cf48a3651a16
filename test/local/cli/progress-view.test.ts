import type { ItemResult } from '../../../lib/contract/batch-item';
import { ProgressView } from '../../../lib/local/cli/progress-view';
import type { RunStart } from '../../../lib/local/runner/local-run';
import { Terminal } from '../../../lib/local/terminal';

const START: RunStart = {
  batch: 'Sales',
  runId: '2026-11-24T10-00-00',
  items: 1_000,
  done: 0,
  isolation: { mode: 'bubblewrap', notSandboxed: [] },
  sessionsOpen: () => 4,
};

/** A stream that remembers, and shows a terminal's last line as a terminal does. */
class Screen {
  text = '';

  constructor(
    readonly isTTY: boolean,
    readonly columns = 100,
  ) {}

  write(text: string): boolean {
    this.text += text;
    return true;
  }

  get lines(): string[] {
    return this.text.split('\n').map((line) => line.slice(line.lastIndexOf('\x1b[2K') + 1).replace('[2K', ''));
  }

  get lastLine(): string {
    return this.lines.at(-1) ?? '';
  }
}

function ended(index: number, error?: ItemResult['error']): ItemResult {
  const id = `${String(index).padStart(6, '0')}-a.csv`;
  const status = error ? 'failed' : 'succeeded';
  return { id, key: `in/${id}`, bytes: 1, status, startedAt: '', durationSeconds: 0.5, files: [], error };
}

describe('the progress of a run', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => jest.useRealTimers());

  /** Items end one by one, evenly. */
  function pass(view: ProgressView, items: number, seconds: number): void {
    for (let index = 1; index <= items; index++) {
      jest.advanceTimersByTime((seconds * 1000) / items);
      view.itemEnded(ended(index));
    }
  }

  test.each<[string, Partial<RunStart>, string]>([
    ['a run', {}, 'Running batch Sales on 1,000 items; sandbox: bubblewrap'],
    ['a run with a limit', { items: 5, of: 1_240 }, 'Running batch Sales on 5 of 1,240 items; sandbox: '],
    ['a limit that leaves nothing out', { items: 5, of: 5 }, 'Running batch Sales on 5 items; sandbox: '],
    [
      'a run that is resumed',
      { items: 12, done: 28 },
      'Resuming run 2026-11-24T10-00-00 of batch Sales: 12 items to do, 28 items done before; sandbox: ',
    ],
    ['code without a sandbox', { isolation: { mode: 'none', notSandboxed: ['it runs as you'] } }, '; sandbox: none'],
  ])('begins with what is run: %s', (_, facts, line) => {
    const screen = new Screen(false);
    new ProgressView(new Terminal(screen)).started({ ...START, ...facts });
    expect(screen.text).toContain(line);
  });

  test('on a terminal, a bar tells the items, failures, sessions, the rate and the time left', () => {
    const screen = new Screen(true, 120);
    const view = new ProgressView(new Terminal(screen));
    view.started(START);
    expect(screen.lastLine).toBe('  ░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 1,000 (0 %), 4 sessions');
    pass(view, 250, 10);
    view.itemEnded(ended(251, { name: 'ScriptFailed', message: 'ValueError: no' }));
    expect(screen.lines.at(-2)).toBe('  ✗ 000251-a.csv                          0.5 s  ScriptFailed: ValueError: no');
    expect(screen.lastLine).toBe(
      '  ██████░░░░░░░░░░░░░░░░░░ 251 of 1,000 (25 %), 1 failed, 4 sessions, 25.1 a second, 0:30 left',
    );
    view.end();
    expect(screen.lastLine).toBe('');
  });

  test('the bar fits into the terminal, and goes on while nothing ends', () => {
    const screen = new Screen(true, 60);
    const view = new ProgressView(new Terminal(screen));
    view.started(START);
    pass(view, 250, 10);
    const before = screen.text.length;
    jest.advanceTimersByTime(5_000);
    expect(screen.text.length).toBeGreaterThan(before);
    expect(screen.lastLine.length).toBeLessThan(60);
    view.end();
  });

  test('nothing is drawn any more after the end', () => {
    const screen = new Screen(true);
    const view = new ProgressView(new Terminal(screen));
    view.started(START);
    view.end();
    const { text } = screen;
    jest.advanceTimersByTime(5_000);
    expect(screen.text).toBe(text);
  });

  test('elsewhere there is a line for each twentieth, at most one a second, and no control characters', () => {
    const screen = new Screen(false);
    const view = new ProgressView(new Terminal(screen));
    view.started(START);
    pass(view, 1_000, 100);
    const lines = screen.text.trimEnd().split('\n').slice(1);
    expect(lines).toHaveLength(20);
    expect(lines[9]).toBe('  500 of 1,000 (50 %), 4 sessions, 10.0 a second, 0:50 left');
    expect(screen.text).not.toContain('\x1b');
  });

  test('elsewhere a fast run says little, and a slow one something once a minute', () => {
    const fast = new Screen(false);
    const fastView = new ProgressView(new Terminal(fast));
    fastView.started(START);
    pass(fastView, 1_000, 3);
    expect(fast.text.trimEnd().split('\n').length - 1).toBeLessThanOrEqual(3);

    const slow = new Screen(false);
    const slowView = new ProgressView(new Terminal(slow));
    slowView.started({ ...START, items: 100_000 });
    pass(slowView, 30, 600);
    expect(slow.text.trimEnd().split('\n').length - 1).toBe(10);
  });

  test('failures are told one by one, however many there are; successes only of small runs', () => {
    const screen = new Screen(false);
    const view = new ProgressView(new Terminal(screen));
    view.started(START);
    for (let index = 1; index <= 100; index++) {
      view.itemEnded(ended(index, { name: 'TimedOut', message: 'too long' }));
    }
    expect(screen.text.match(/✗/g)).toHaveLength(100);

    const small = new Screen(false);
    const smallView = new ProgressView(new Terminal(small));
    smallView.started({ ...START, items: 3 });
    pass(smallView, 3, 1);
    expect(small.text.match(/ ✓ /g)).toHaveLength(3);
  });
});
