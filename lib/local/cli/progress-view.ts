import type { WriteStream } from 'node:tty';
import type { ItemResult } from '../../contract/batch-item';
import type { RunProgress } from '../runner/local-run';

const BAR_CHARACTERS = 24;

/** Shows a run as it goes: a line for each item, and on a terminal a bar below them. */
export class ProgressView implements RunProgress {
  private items = 0;
  private done = 0;
  private failed = 0;
  private startedAt = 0;

  constructor(private readonly out: Pick<WriteStream, 'write'> & { isTTY?: boolean }) {}

  started({ batch, items, isolation }: Parameters<NonNullable<RunProgress['started']>>[0]): void {
    this.items = items;
    this.startedAt = Date.now();
    this.print(`Running batch ${batch} on ${items} items; code is ${describe(isolation)}`);
  }

  itemEnded({ id, status, durationSeconds, error }: ItemResult): void {
    this.done++;
    if (status === 'failed') {
      this.failed++;
    }
    const mark = status === 'failed' ? '✗' : '✓';
    const reason = error ? `  ${error.name}: ${error.message}` : '';
    this.print(`  ${mark} ${id.padEnd(34)} ${durationSeconds.toFixed(1).padStart(6)} s${reason}`);
  }

  /** Prints a line above the bar. */
  print(line: string): void {
    this.clear();
    this.out.write(`${line}\n`);
    this.drawBar();
  }

  /** Takes the bar away. */
  end(): void {
    this.clear();
    this.items = 0;
  }

  private clear(): void {
    if (this.out.isTTY) {
      this.out.write('\r\x1b[2K');
    }
  }

  private drawBar(): void {
    if (!this.out.isTTY || this.items === 0) {
      return;
    }
    const filled = Math.round((BAR_CHARACTERS * this.done) / this.items);
    const bar = '█'.repeat(filled).padEnd(BAR_CHARACTERS, '░');
    const seconds = (Date.now() - this.startedAt) / 1000;
    const rate = this.done > 0 ? `, ${(this.done / seconds).toFixed(1)} a second` : '';
    this.out.write(`  ${bar} ${this.done} of ${this.items}${rate}${this.failed > 0 ? `, ${this.failed} failed` : ''}`);
  }
}

function describe({ mode, notFenced }: { mode: string; notFenced: readonly string[] }): string {
  return mode === 'bubblewrap' ? 'fenced in by bubblewrap' : `NOT fenced in (${notFenced.join(', ')})`;
}
