import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deadline } from '../deadline';
import { Transfer } from '../invoker/transfer';
import type { Interpreter } from '../session/interpreter';
import type { OnOutput } from './tool-backend';

/** How long there is between two looks: at first, and at most, in milliseconds. */
const PAUSE_MS = { first: 1_000, most: 10_000 } as const;
/** What one look reads of each stream, and how much of its end is reported, in bytes. */
const MAX_READ_BYTES = 256_000;
const REPORTED_CHARACTERS = 4_000;

interface Watched {
  readonly interpreter: Interpreter;
  readonly sessionId: string;
  readonly deadline: Deadline;
}

/**
 * Looks at what running code has printed, in the files that the invoker keeps it in. What goes wrong with looking must not
 * cost the code anything: it is only looked at less.
 */
export class OutputWatch {
  private readonly over = new AbortController();
  private readonly reported = { stdout: '', stderr: '' };
  private readonly offsets = { stdout: 0, stderr: 0 };
  /** A look may end in the middle of a character. */
  private readonly decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };

  constructor(
    private readonly watched: Watched,
    private readonly folder: string,
    private readonly onOutput: OnOutput,
  ) {
    void this.watch();
  }

  stop(): void {
    this.over.abort();
  }

  private async watch(): Promise<void> {
    let pause: number = PAUSE_MS.first;
    const { signal } = this.over;
    while (!signal.aborted) {
      try {
        await sleep(pause, undefined, { signal, ref: false });
        const grew = await this.look();
        pause = grew ? PAUSE_MS.first : Math.min(pause * 1.5, PAUSE_MS.most);
      } catch {
        pause = PAUSE_MS.most;
      }
    }
  }

  private async look(): Promise<boolean> {
    const { signal } = this.over;
    const names = ['stdout', 'stderr'] as const;
    const parts = await new Transfer({ ...this.watched, signal }).read(
      names.map((name) => ({ path: `${this.folder}/${name}`, offset: this.offsets[name], most: MAX_READ_BYTES })),
    );
    let grew = false;
    for (const [index, name] of names.entries()) {
      const content = parts[index]?.content ?? Buffer.alloc(0);
      if (content.length > 0) {
        grew = true;
        this.offsets[name] += content.length;
        this.reported[name] = (this.reported[name] + this.decoders[name].write(content)).slice(-REPORTED_CHARACTERS);
      }
    }
    if (grew && !signal.aborted) {
      this.onOutput({ ...this.reported });
    }
    return grew;
  }
}
