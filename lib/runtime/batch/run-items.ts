import { randomUUID } from 'node:crypto';
import { basename } from 'node:path/posix';
import type { BatchSettings, RunItemsRequest, RunItemsResponse } from '../../contract/batch';
import type { BatchItem } from '../../contract/batch-item';
import { ErrorName, ItemErrorName } from '../../contract/errors';
import { SYNC_INVOKE_MAX_SECONDS } from '../../contract/service';
import { mapConcurrently } from '../concurrency';
import type { Deadline } from '../deadline';
import { messageOf, NamedError, nameOf } from '../named-error';
import type { Interpreter } from '../session/interpreter';
import { mayBeTheCodesDoing } from '../session/service-error';
import { filesOf, type ToolResult, textOf } from '../session/tool-result';
import type { ObjectStore } from '../staging/object-store';
import { ARCHIVE_PATH, type Driver, driverFor, inputPath } from './in-session/driver';
import { type DriverItem, type DriverRecord, driverAnswer } from './in-session/driver-protocol';
import { isInline, nextGroup } from './item-groups';
import { type ItemRecorder, parametersOf } from './item-record';

/** Outputs above this size go to S3 by a URL of their own. */
const LARGE_OUTPUT_BYTES = 16_000_000;
/** What comes back in one answer; base64 makes it a third more, of the 100 MB that the service gives. */
const ARCHIVE_BYTES = 48_000_000;
/** For the write before an execution and the read and the results after it. */
const AROUND_SECONDS = 30;
const URL_SECONDS = 3600;
/** The first may have been with others; two more, alone, are no accident. */
const DEATHS_OF_AN_ITEM = 3;

export interface RunEnvironment {
  readonly settings: BatchSettings;
  readonly interpreter: Interpreter;
  readonly store: ObjectStore;
  readonly recorder: ItemRecorder;
  /** The script's source. */
  readonly script: Uint8Array;
  readonly deadline: Deadline;
}

/** Works through items in a session until all have a result, the time is up, or the session is lost. */
export class ItemRun {
  private readonly driver: Driver;
  private readonly suspects: string[];
  private secondsPerItem: number | undefined;
  private succeeded = 0;
  private failed = 0;

  constructor(
    private readonly env: RunEnvironment,
    private readonly request: RunItemsRequest,
  ) {
    this.driver = driverFor(env.settings.script);
    this.suspects = [...request.suspects];
  }

  async run(items: BatchItem[]): Promise<RunItemsResponse> {
    let left = items;
    while (left.length > 0) {
      const group = nextGroup(left, new Set(this.suspects), this.secondsPerItem);
      if (this.env.deadline.secondsLeft < this.env.settings.itemTimeoutSeconds + AROUND_SECONDS) {
        return this.response('more');
      }
      const done = await this.runGroup(group);
      if (!done) {
        return this.response('sessionLost');
      }
      left = left.filter((item) => !done.has(item.id));
    }
    return this.response('done');
  }

  private response(status: RunItemsResponse['status']): RunItemsResponse {
    return { status, succeeded: this.succeeded, failed: this.failed, suspects: this.suspects };
  }

  /** The ids of the items that have a result now; nothing if the session is lost. */
  private async runGroup(group: BatchItem[]): Promise<Set<string> | undefined> {
    const staged = await this.stage(group);
    if (staged.items.length === 0) {
      return staged.done;
    }
    try {
      await this.write(staged.blobs);
      await this.execute(staged.items, staged.done);
      return staged.done;
    } catch (error) {
      if (nameOf(error) === ErrorName.sessionLost) {
        return undefined;
      }
      throw error;
    }
  }

  /** A session died while these ran. Sessions die by themselves, too: an item has failed once it is there too often. */
  private async blame(items: BatchItem[]): Promise<void> {
    for (const item of items) {
      this.suspects.push(item.id);
      if (this.suspects.filter((id) => id === item.id).length >= DEATHS_OF_AN_ITEM) {
        const message = `${DEATHS_OF_AN_ITEM} sessions died while this item ran, ${DEATHS_OF_AN_ITEM - 1} of them with it alone`;
        await this.fail(item, ItemErrorName.sessionDied, message);
      }
    }
  }

  /** Reads the inputs that travel inline, and signs URLs for those that do not. */
  private async stage(group: BatchItem[]): Promise<StagedGroup> {
    const staged: StagedGroup = { items: [], blobs: [], done: new Set() };
    for await (const { item, source, error } of mapConcurrently(group, 8, (item) => this.read(item))) {
      if (error !== undefined) {
        await this.fail(item, ItemErrorName.inputUnreadable, `reading ${item.key} from S3: ${messageOf(error)}`);
        staged.done.add(item.id);
      } else if (source) {
        staged.items.push({ item, ...source });
        if (source.blob) {
          staged.blobs.push({ path: inputPath(item.id), blob: source.blob });
        }
      }
    }
    return staged;
  }

  private async read(item: BatchItem): Promise<ReadItem> {
    try {
      return isInline(item)
        ? { item, source: { blob: await this.env.store.bytes(item.key) } }
        : { item, source: { url: await this.env.store.urlToGet(item.key, URL_SECONDS) } };
    } catch (error) {
      return { item, error };
    }
  }

  private async write(inputs: Blob[]): Promise<void> {
    const content = [...this.driver.files(this.env.script), ...inputs];
    const { sessionId } = this.request;
    const written = await this.env.interpreter.invokeIdempotent(
      { sessionId, tool: 'writeFiles', arguments: { content } },
      this.env.deadline,
    );
    if (written.isError) {
      throw new NamedError(
        ErrorName.stagingFailed,
        `writing ${content.length} files into the session: ${textOf(written)}`,
      );
    }
  }

  private async execute(staged: StagedItem[], done: Set<string>): Promise<void> {
    const { settings, deadline, recorder } = this.env;
    const marker = `#${randomUUID()}#`;
    const budgetSeconds = Math.min(deadline.secondsLeft - AROUND_SECONDS, SYNC_INVOKE_MAX_SECONDS - AROUND_SECONDS);
    const code = this.driver.run({
      marker,
      script: settings.script.name,
      timeoutSeconds: settings.itemTimeoutSeconds,
      budgetSeconds,
      largeBytes: LARGE_OUTPUT_BYTES,
      archiveBytes: ARCHIVE_BYTES,
      items: staged.map((each) => this.driverItem(each)),
    });
    const records = await this.runDriver(code, marker, staged);
    this.secondsPerItem = records.reduce((sum, { seconds }) => sum + seconds, 0) / Math.max(1, records.length);
    const archive = await this.readArchive();
    for (const told of records) {
      const item = staged.find((each) => each.item.id === told.id)?.item;
      if (item) {
        await this.fetchLarge(item, told);
        const result = await recorder.record(item, this.request.sessionId, told, archive);
        this.count(result.status === 'succeeded');
        done.add(item.id);
      }
    }
  }

  private async runDriver(code: string, marker: string, staged: StagedItem[]): Promise<DriverRecord[]> {
    try {
      return recordsOf(await this.executeCode(code), marker);
    } catch (error) {
      if (mayBeTheCodesDoing(error)) {
        await this.blame(staged.map(({ item }) => item));
      }
      throw error;
    }
  }

  private async executeCode(code: string): Promise<ToolResult> {
    const { sessionId } = this.request;
    return this.env.interpreter.invokeOnce(
      { sessionId, tool: 'executeCode', arguments: { language: this.driver.language, code } },
      this.env.deadline,
    );
  }

  private driverItem({ item, url }: StagedItem): DriverItem {
    const name = basename(item.key);
    return {
      id: item.id,
      // The script's own description of the item has this name.
      input: name === 'item.json' ? 'input-item.json' : name,
      parameters: parametersOf(item, this.request.context),
      ...(url ? { url } : { inputFile: item.id }),
    };
  }

  private async readArchive(): Promise<Uint8Array> {
    const { sessionId } = this.request;
    const read = await this.env.interpreter.invokeIdempotent(
      { sessionId, tool: 'readFiles', arguments: { paths: [ARCHIVE_PATH] } },
      this.env.deadline,
    );
    const [archive] = filesOf(read).values();
    if (!archive) {
      throw new NamedError(ErrorName.sessionLost, `the outputs could not be read from the session: ${textOf(read)}`);
    }
    return archive;
  }

  private async fetchLarge(item: BatchItem, told: DriverRecord): Promise<void> {
    if (!told.large) {
      return;
    }
    const urls: Record<string, string> = {};
    for (const { path } of told.large) {
      urls[path] = await this.env.store.urlToPut(this.env.recorder.keyOf(item, path), URL_SECONDS);
    }
    const uploaded = await this.executeCode(this.driver.upload(urls));
    if (uploaded.isError) {
      told.large = undefined;
      told.error ??= { name: 'OutputUnreadable', message: `uploading large outputs: ${lastLine(uploaded.stderr)}` };
    }
  }

  private async fail(item: BatchItem, name: ItemErrorName, message: string): Promise<void> {
    await this.env.recorder.recordUnrun(item, { name, message }, this.request.sessionId);
    this.count(false);
  }

  private count(succeeded: boolean): void {
    if (succeeded) {
      this.succeeded++;
    } else {
      this.failed++;
    }
  }
}

interface Blob {
  path: string;
  blob: Uint8Array;
}

interface Source {
  readonly blob?: Uint8Array;
  readonly url?: string;
}

interface ReadItem {
  readonly item: BatchItem;
  readonly source?: Source;
  readonly error?: unknown;
}

interface StagedItem extends Source {
  readonly item: BatchItem;
}

interface StagedGroup {
  readonly items: StagedItem[];
  readonly blobs: Blob[];
  /** Ids of items that have a result. */
  readonly done: Set<string>;
}

/** The driver's answer behind its marker. Without one, the session cannot be relied on any more. */
function recordsOf(answer: ToolResult, marker: string): DriverRecord[] {
  const line = answer.stdout.split(/\r?\n/).find((candidate) => candidate.startsWith(marker));
  if (line === undefined) {
    const reason = lastLine(answer.stderr) || lastLine(answer.stdout) || 'it printed nothing';
    throw new NamedError(ErrorName.sessionLost, `the driver in the session did not answer: ${reason}`);
  }
  const parsed = driverAnswer.safeParse(JSON.parse(line.slice(marker.length)));
  if (!parsed.success) {
    throw new NamedError(ErrorName.sessionLost, `the driver's answer has the wrong shape: ${parsed.error.message}`);
  }
  return parsed.data.items;
}

function lastLine(text: string): string {
  return text.trim().split(/\r?\n/).at(-1) ?? '';
}
