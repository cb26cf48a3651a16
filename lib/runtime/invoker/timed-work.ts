import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorName } from '../../contract/errors';
import type { Deadline } from '../deadline';
import { nameOf } from '../named-error';
import type { ToolResult } from '../session/tool-result';
import { COMMAND_ANSWER_SECONDS, endedByTimeout, readKept, type Streams, type TimeLimit } from './kept-output';
import { raceWithAbort } from './session-lease';
import type { SessionAccess } from './transfer';
import { perform, type Work } from './work';

/** How long a request that has been given up may take to say so, in milliseconds. */
const SETTLING_MS = 1_000;

/** The result of what was executed, or, where its time ran out, what it had printed, if that could be had. */
export interface TimedResult {
  readonly result?: ToolResult;
  readonly kept?: Streams;
}

/** Executes something, once, and gives up when its time is up. What runs then goes on, until its session is stopped. */
export async function performInTime(
  work: Work,
  access: SessionAccess,
  environment: Readonly<Record<string, string>> | undefined,
  limit: TimeLimit,
): Promise<TimedResult> {
  const timeUp = new AbortController();
  const began = Date.now();
  const timer = setTimeout(() => timeUp.abort(), patience(work, limit, access.deadline) * 1000);
  const signal = AbortSignal.any([access.signal, timeUp.signal]);
  const performing = perform(work, { ...access, signal }, { environment, limit });
  try {
    const result = await raceWithAbort(performing, timeUp.signal, () => new Error('the time is up'));
    const late = work.kind === 'command' && endedByTimeout(result.exitCode, (Date.now() - began) / 1000, limit);
    return late ? { kept: result } : { result };
  } catch (error) {
    if (!timeUp.signal.aborted) {
      throw error;
    }
    await throwIfRefused(performing);
    return { kept: work.kind === 'code' ? await readKept(access, limit) : undefined };
  } finally {
    clearTimeout(timer);
  }
}

/** How long a result is waited for, in seconds: that of a command comes when it has been told to end. */
function patience(work: Work, { seconds }: TimeLimit, deadline: Deadline): number {
  const grace = work.kind === 'command' ? COMMAND_ANSWER_SECONDS : 0;
  return Math.max(seconds, Math.min(seconds + grace, deadline.secondsLeft - 1));
}

/** What the service has refused again and again until the time was up has not run too long: it has not run. */
async function throwIfRefused(performing: Promise<unknown>): Promise<void> {
  const failure = performing.then(
    () => undefined,
    (error: unknown) => error,
  );
  const error = await Promise.race([failure, sleep(SETTLING_MS, undefined, { ref: false })]);
  if (nameOf(error) === ErrorName.serviceUnavailable) {
    throw error;
  }
}
