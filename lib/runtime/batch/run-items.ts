import type { RunItemsResponse } from '../../contract/batch';
import type { BatchItem } from '../../contract/batch-item';
import { ErrorName } from '../../contract/errors';
import { SYNC_INVOKE_MAX_SECONDS } from '../../contract/service';
import { NamedError, nameOf } from '../named-error';
import { mayBeCausedByUserCode } from '../session/service-error';
import { ARCHIVE_PATH } from './in-session/driver';
import { answerIn, type DriverRecord, parseAnswer } from './in-session/driver-protocol';
import { nextGroup } from './item-groups';
import { GROUP_OVERHEAD_SECONDS, type SessionWork, type StagedItem } from './session-work';

/** Works through items in a session, within requests, until all have a result, the time is up, or the session is lost. */
export class ItemRun {
  private secondsPerItem: number | undefined;

  constructor(private readonly work: SessionWork) {}

  async run(items: BatchItem[]): Promise<RunItemsResponse> {
    const { env, suspects } = this.work;
    let left = items;
    while (left.length > 0) {
      const group = nextGroup(left, new Set(suspects), this.secondsPerItem);
      if (!this.work.sessionLasts) {
        return this.work.response('sessionLost');
      }
      if (env.deadline.secondsLeft < env.settings.itemTimeoutSeconds + GROUP_OVERHEAD_SECONDS) {
        return this.work.response('more');
      }
      const done = await this.runGroup(group);
      if (!done) {
        return this.work.response('sessionLost');
      }
      left = left.filter((item) => !done.has(item.id));
    }
    return this.work.response('done');
  }

  /** The ids of the items that have a result now; nothing if the session is lost. */
  private async runGroup(group: BatchItem[]): Promise<Set<string> | undefined> {
    const staged = await this.work.stage(group);
    if (staged.items.length === 0) {
      return staged.done;
    }
    try {
      await this.work.write(staged.blobs);
      await this.execute(staged.items, staged.done);
      return staged.done;
    } catch (error) {
      if (nameOf(error) === ErrorName.sessionLost) {
        return undefined;
      }
      throw error;
    }
  }

  private async execute(staged: StagedItem[], done: Set<string>): Promise<void> {
    const maxSeconds = Math.min(this.work.env.deadline.secondsLeft, SYNC_INVOKE_MAX_SECONDS);
    const spec = this.work.buildDriverSpec(staged, maxSeconds - GROUP_OVERHEAD_SECONDS);
    const items = staged.map(({ item }) => item);
    const records = await this.runDriver(this.work.driver.run(spec), spec.marker, items);
    this.secondsPerItem = records.reduce((sum, { seconds }) => sum + seconds, 0) / Math.max(1, records.length);
    const [archive] = await this.work.readFiles([ARCHIVE_PATH]);
    if (!archive?.length) {
      throw new NamedError(
        ErrorName.sessionLost,
        'the outputs in the session are empty, which a driver does not leave',
      );
    }
    await this.work.collect(records, archive, items, done);
  }

  private async runDriver(code: string, marker: string, items: BatchItem[]): Promise<DriverRecord[]> {
    try {
      return parseAnswer(answerIn(await this.work.executeCode(code), marker));
    } catch (error) {
      if (mayBeCausedByUserCode(error)) {
        await this.work.blame(items);
      }
      throw error;
    }
  }
}
