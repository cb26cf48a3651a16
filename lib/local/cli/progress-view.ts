import type { ItemResult } from '../../contract/batch-item';
import { formatCount, plural } from '../../runtime/report/format';
import type { RunProgress, RunStart } from '../runner/local-run';
import { fitted, type Terminal } from '../terminal';
import { formatClock } from './format';
import { RateMeter } from './rate-meter';

const BAR_CHARACTERS = 24;
/** A longer id is cut in the middle. */
const ID_COLUMNS = 34;
const REDRAW_MS = 200;
/** Up to this many items, each is printed; of more, only the failed ones. */
const EACH_TOLD = 40;
/** Where there is no bar: a line whenever so much more is done, but not more often than once a second. */
const LINE_SHARE = 0.05;
const LINE_MS = 1_000;
/** A run that takes hours is heard of all the same. */
const SILENCE_MS = 60_000;

/** Shows a run as it goes: on a terminal a bar, with what has failed above it; elsewhere a line now and then. */
export class ProgressView implements RunProgress {
  private facts: RunStart | undefined;
  private done = 0;
  private failed = 0;
  private rate = new RateMeter();
  private printed = { done: 0, at: 0 };
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly out: Terminal) {}

  started(facts: RunStart): void {
    this.facts = facts;
    this.done = 0;
    this.failed = 0;
    this.rate = new RateMeter();
    this.printed = { done: 0, at: Date.now() };
    this.print(`${headline(facts)}; sandbox: ${facts.isolation.mode}`);
    if (this.out.interactive) {
      this.timer = setInterval(() => this.drawBar(), REDRAW_MS).unref();
    }
  }

  itemEnded(result: ItemResult): void {
    this.done++;
    this.rate.add(this.done);
    if (result.status === 'failed') {
      this.failed++;
    }
    if (result.status === 'failed' || (this.facts?.items ?? 0) <= EACH_TOLD) {
      this.print(itemLine(result));
    } else if (!this.out.interactive) {
      this.printNowAndThen();
    }
  }

  /** Prints a line above the bar. */
  print(line: string): void {
    this.out.lines(line);
    this.drawBar();
  }

  /** The same with text that may have several lines. */
  printText(text: string): void {
    this.out.text(text);
    this.drawBar();
  }

  printAll(lines: readonly string[]): void {
    for (const line of lines) {
      this.print(line);
    }
  }

  /** Takes the bar away. */
  end(): void {
    clearInterval(this.timer);
    this.out.clearStatus();
    this.facts = undefined;
  }

  private printNowAndThen(): void {
    const since = Date.now() - this.printed.at;
    const enough = this.done - this.printed.done >= (this.facts?.items ?? 0) * LINE_SHARE;
    if ((enough && since >= LINE_MS) || since >= SILENCE_MS) {
      this.printed = { done: this.done, at: Date.now() };
      this.out.lines(`  ${this.figures()}`);
    }
  }

  private drawBar(): void {
    const { items = 0 } = this.facts ?? {};
    if (!this.out.interactive || items === 0) {
      return;
    }
    const filled = Math.round((BAR_CHARACTERS * this.done) / items);
    const bar = '█'.repeat(filled).padEnd(BAR_CHARACTERS, '░');
    this.out.status(`  ${bar} ${this.figures()}`);
  }

  /** Such as `512 of 1,240 (41 %), 3 failed, 4 sessions, 18.3 a second, 0:40 left`. */
  private figures(): string {
    const { items = 0, sessionsOpen = () => 0 } = this.facts ?? {};
    const rate = this.rate.perSecond();
    return [
      `${formatCount(this.done)} of ${formatCount(items)} (${Math.floor((100 * this.done) / items)} %)`,
      ...(this.failed > 0 ? [`${formatCount(this.failed)} failed`] : []),
      plural(sessionsOpen(), 'session'),
      ...(rate > 0 ? [`${rate.toFixed(1)} a second`, `${formatClock((items - this.done) / rate)} left`] : []),
    ].join(', ');
  }
}

function headline({ batch, runId, items, done, of }: RunStart): string {
  if (done > 0) {
    return `Resuming run ${runId} of batch ${batch}: ${plural(items, 'item')} to do, ${plural(done, 'item')} done before`;
  }
  const all =
    of === undefined || of <= items ? plural(items, 'item') : `${formatCount(items)} of ${plural(of, 'item')}`;
  return `Running batch ${batch} on ${all}`;
}

function itemLine({ id, status, durationSeconds, error }: ItemResult): string {
  const mark = status === 'failed' ? '✗' : '✓';
  const reason = error ? `  ${error.name}: ${error.message}` : '';
  return `  ${mark} ${fitted(id, ID_COLUMNS)} ${durationSeconds.toFixed(1).padStart(6)} s${reason}`;
}
