import type { BackgroundTask, RunItemsResponse } from '../../contract/batch';
import type { BatchItem } from '../../contract/batch-item';
import { ErrorName } from '../../contract/errors';
import { secondsToNextPoll } from '../../contract/long-items';
import { NamedError, nameOf } from '../named-error';
import { mayBeCausedByUserCode } from '../session/service-error';
import { ANSWER_PATH, ARCHIVE_PATH, SPEC_PATH } from './in-session/driver';
import { lastLine, parseAnswer } from './in-session/driver-protocol';
import type { SessionWork } from './session-work';

/** For the driver to end an item that is late, and to write what it left. */
const GRACE_SECONDS = 120;

/**
 * Works through items that may take longer than a request to the service: each runs as a command in the background, and
 * the workflow waits between two looks at it, so that no Lambda does.
 */
export class LongItemRun {
  constructor(private readonly work: SessionWork) {}

  async run(items: BatchItem[]): Promise<RunItemsResponse> {
    try {
      const { sessionId, tasks } = this.work.request;
      // A call that failed leaves the workflow with the task of a session that has been replaced.
      return await this.step(
        items,
        tasks.filter((task) => task.sessionId === sessionId),
      );
    } catch (error) {
      if (nameOf(error) === ErrorName.sessionLost) {
        return this.work.response('sessionLost');
      }
      throw error;
    }
  }

  /** Looks at the item that runs, records it if it has ended, and starts the next one. */
  private async step(items: BatchItem[], [task]: BackgroundTask[]): Promise<RunItemsResponse> {
    let left = items;
    if (task) {
      if (await this.isWorking(task, left)) {
        return this.waiting(task);
      }
      const done = await this.finish(task, left);
      left = left.filter(({ id }) => !done.has(id));
    }
    for (const item of left) {
      if (!this.work.sessionLasts) {
        return this.work.response('sessionLost');
      }
      const started = await this.begin(item);
      if (started) {
        return this.waiting(started);
      }
    }
    return this.work.response('done');
  }

  private waiting(task: BackgroundTask): RunItemsResponse {
    const age = Date.now() / 1000 - task.startedAt;
    return this.work.response('waiting', { tasks: [task], waitSeconds: secondsToNextPoll(age) });
  }

  /** Starts an item; nothing if it has failed already. */
  private async begin(item: BatchItem): Promise<BackgroundTask | undefined> {
    const staged = await this.work.stage([item]);
    if (staged.items.length === 0) {
      return undefined;
    }
    const spec = JSON.stringify(this.work.buildDriverSpec(staged.items, this.work.env.settings.itemTimeoutSeconds));
    await this.work.write([...staged.blobs, { path: SPEC_PATH, blob: Buffer.from(spec) }]);
    const located = await this.work.executeCode(this.work.driver.locate());
    const { deadline, interpreter } = this.work.env;
    const { sessionId } = this.work.request;
    const command = this.work.driver.background(lastLine(located.stdout));
    const { taskId } = await interpreter.invokeOnce(
      { sessionId, tool: 'startCommandExecution', arguments: { command } },
      deadline,
    );
    if (!taskId) {
      throw new NamedError(ErrorName.sessionLost, `item ${item.id} could not be started in the background`);
    }
    return { taskId, sessionId, itemId: item.id, startedAt: Math.floor(Date.now() / 1000) };
  }

  /** A task that neither ends nor answers is taken for one that has died, some time after its item's own limit. */
  private async isWorking(task: BackgroundTask, items: BatchItem[]): Promise<boolean> {
    const { deadline, interpreter, settings } = this.work.env;
    const { sessionId } = this.work.request;
    try {
      const { taskStatus } = await interpreter.invokeIdempotent(
        { sessionId, tool: 'getTask', arguments: { taskId: task.taskId } },
        deadline,
      );
      const late = Date.now() / 1000 - task.startedAt > settings.itemTimeoutSeconds + GRACE_SECONDS;
      return (taskStatus === 'submitted' || taskStatus === 'working') && !late;
    } catch (error) {
      if (mayBeCausedByUserCode(error)) {
        await this.work.blame(items.filter(({ id }) => id === task.itemId));
      }
      throw error;
    }
  }

  private async finish(task: BackgroundTask, items: BatchItem[]): Promise<Set<string>> {
    const done = new Set<string>();
    const [answer, archive] = await this.work.readFiles([ANSWER_PATH, ARCHIVE_PATH]);
    if (!answer?.length || !archive?.length) {
      throw new NamedError(ErrorName.sessionLost, `item ${task.itemId} ended in the background without an answer`);
    }
    const records = parseAnswer(Buffer.from(answer).toString('utf8'));
    await this.work.collect(records, archive, items, done);
    return done;
  }
}
