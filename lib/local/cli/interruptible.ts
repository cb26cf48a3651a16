import { constants } from 'node:os';
import { Lifetime } from '../lifetime';
import { flushOutput, ignoreOutputErrors, standardError } from '../terminal';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

/** How long a command may take to end in good order once a signal has come: less than the five seconds that are promised. */
const GRACE_MS = 4_000;

/** A signal asked the command to end. */
export class InterruptedError extends Error {
  constructor(readonly by: Signal) {
    super(`interrupted by ${by}`);
  }
}

/**
 * The action of a command. It is given a lifetime, which a signal aborts: what the command has started is ended, and
 * then this process, whatever may still be pending in it. A second signal, or the end of the grace period, ends it at
 * once; children are killed with it (see `endWithProcess`).
 *
 * A command that a signal ended exits with 128 and the number of the signal, as shells have it.
 */
export function interruptible<A extends unknown[]>(
  command: (lifetime: Lifetime, ...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    const interruption = new AbortController();
    const lifetime = new Lifetime(interruption.signal);
    const interrupt = (by: Signal) => {
      if (interruption.signal.aborted) {
        process.exit(exitCodeOf(by));
      }
      // Whoever reads the output may be gone, such as a terminal that was closed.
      ignoreOutputErrors();
      interruption.abort(new InterruptedError(by));
      setTimeout(() => giveUp(by), GRACE_MS);
    };
    for (const name of SIGNALS) {
      process.on(name, interrupt);
    }
    await command(lifetime, ...args).catch((error: unknown) => reportFailure(error, interruption.signal));
    await lifetime.close();
    await flushOutput();
    const { reason } = interruption.signal;
    process.exit(reason instanceof InterruptedError ? exitCodeOf(reason.by) : process.exitCode);
  };
}

function exitCodeOf(signal: Signal): number {
  return 128 + constants.signals[signal];
}

/** An error after a signal is a consequence of the interruption. */
function reportFailure(error: unknown, { aborted }: AbortSignal): void {
  if (aborted) {
    standardError.lines('Interrupted.');
    return;
  }
  standardError.text(`agentcore-local: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

function giveUp(by: Signal): never {
  standardError.lines(`Interrupted; not everything came to an end within ${GRACE_MS / 1000} s and was killed.`);
  process.exit(exitCodeOf(by));
}
