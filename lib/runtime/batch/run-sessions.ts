import { setTimeout as sleep } from 'node:timers/promises';
import { sessionName } from '../../contract/layout';
import type { Deadline } from '../deadline';
import type { Interpreter } from '../session/interpreter';

/** A Lambda that was starting a session when its execution was stopped is not stopped with it. In seconds. */
const STARTS_UNDER_WAY_SECONDS = 30;

/** The sessions of a run, found by their name. */
export class RunSessions {
  private readonly name: string;

  constructor(
    private readonly interpreter: Interpreter,
    bucket: string,
    batch: string,
    runId: string,
  ) {
    this.name = sessionName(bucket, batch, runId);
  }

  /** Stops those that are ready; the number of those that it was who stopped them. */
  async stop(deadline: Deadline): Promise<number> {
    const sessions = await this.interpreter.readySessions(this.name, deadline);
    const stopped = await Promise.all(sessions.map((sessionId) => this.interpreter.stop(sessionId, deadline)));
    return stopped.filter((ended) => ended).length;
  }

  /** The same again a little later, for sessions that were being started. */
  async stopAndLookAgain(deadline: Deadline): Promise<number> {
    const atOnce = await this.stop(deadline);
    await sleep(Math.min(STARTS_UNDER_WAY_SECONDS, deadline.secondsLeft / 3) * 1000);
    return atOnce + (await this.stop(deadline));
  }
}
