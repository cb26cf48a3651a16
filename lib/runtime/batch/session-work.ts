import { randomUUID } from 'node:crypto';
import { basename } from 'node:path/posix';
import type { RunItemsRequest, RunItemsResponse, StageSettings } from '../../contract/batch';
import type { BatchItem, ItemError } from '../../contract/batch-item';
import { ErrorName, ItemErrorName } from '../../contract/errors';
import { mapConcurrently } from '../concurrency';
import type { Deadline } from '../deadline';
import { messageOf, NamedError } from '../named-error';
import type { Interpreter } from '../session/interpreter';
import { filesOf, type ToolResult, textOf } from '../session/tool-result';
import type { ObjectStore } from '../staging/object-store';
import type { CombinedFile } from './combination';
import { type Driver, driverFor, inputPath } from './in-session/driver';
import {
  type DriverItem,
  type DriverRecord,
  type DriverSpec,
  type FileToFetch,
  lastLine,
} from './in-session/driver-protocol';
import { isInline } from './item-groups';
import { DamagedOutputError, type ItemRecorder, parametersOf } from './item-record';
import { throwIfRuntimeMissing } from './runtime-missing';

/** Names in an item's folder that are not its input's: the script's description of the item, and its output. */
const TAKEN_NAMES: ReadonlySet<string> = new Set(['item.json', 'output']);

/** Outputs above this size go to S3 by a URL of their own. */
const LARGE_OUTPUT_BYTES = 16_000_000;
/** What comes back in one answer; base64 makes it a third more, of the 100 MB that the service gives. */
const ARCHIVE_BYTES = 48_000_000;
/** For the write before an execution, and the read and the results after it. */
export const GROUP_OVERHEAD_SECONDS = 30;
const URL_SECONDS = 3600;
/** The first may have been with others; two more, alone, are no accident. */
const MAX_SESSION_DEATHS_PER_ITEM = 3;

export interface RunEnvironment {
  readonly settings: StageSettings;
  readonly interpreter: Interpreter;
  readonly store: ObjectStore;
  readonly recorder: ItemRecorder;
  /** The script's source. */
  readonly script: Uint8Array;
  readonly deadline: Deadline;
  /** What an item is given beside its input. */
  extraFiles(): Promise<CombinedFile[]>;
}

/** What is done to items in a session, whether they run in a request or in the background. */
export class SessionWork {
  readonly driver: Driver;
  readonly suspects: string[];
  /** The session, once it has been set up. */
  preparedSession: string;
  private succeeded = 0;
  private failed = 0;

  constructor(
    readonly env: RunEnvironment,
    readonly request: RunItemsRequest,
  ) {
    this.driver = driverFor(env.settings.script);
    this.suspects = [...request.suspects];
    this.preparedSession = request.preparedSession;
  }

  response(status: RunItemsResponse['status'], waiting: Partial<RunItemsResponse> = {}): RunItemsResponse {
    const { succeeded, failed, suspects, preparedSession } = this;
    return { status, succeeded, failed, suspects, tasks: [], waitSeconds: 0, preparedSession, ...waiting };
  }

  /** Whether the session lives long enough for one more item. */
  get sessionLasts(): boolean {
    const secondsLeft = this.request.sessionEndsAt - Date.now() / 1000;
    return secondsLeft > this.env.settings.itemTimeoutSeconds + GROUP_OVERHEAD_SECONDS;
  }

  /** What the driver gets for these items. */
  buildDriverSpec(staged: StagedItem[], budgetSeconds: number): DriverSpec {
    const { settings } = this.env;
    return {
      marker: `#${randomUUID()}#`,
      script: settings.script.name,
      timeoutSeconds: settings.itemTimeoutSeconds,
      budgetSeconds,
      largeBytes: LARGE_OUTPUT_BYTES,
      archiveBytes: ARCHIVE_BYTES,
      items: staged.map((each) => this.driverItem(each)),
    };
  }

  /** A session died while these ran. Sessions die by themselves, too: an item has failed once it is there too often. */
  async blame(items: BatchItem[]): Promise<void> {
    for (const item of items) {
      if (this.recordSessionDeath(item.id)) {
        const message = `${MAX_SESSION_DEATHS_PER_ITEM} sessions died while this item ran, ${MAX_SESSION_DEATHS_PER_ITEM - 1} of them with it alone`;
        await this.fail(item, { name: ItemErrorName.sessionDied, message });
      }
    }
  }

  /** Counts one more death of a session; whether there have been too many with this. */
  recordSessionDeath(suspect: string): boolean {
    this.suspects.push(suspect);
    return this.suspects.filter((id) => id === suspect).length >= MAX_SESSION_DEATHS_PER_ITEM;
  }

  /** Reads the inputs that travel inline, and signs URLs for those that do not. */
  async stage(group: BatchItem[]): Promise<StagedGroup> {
    const staged: StagedGroup = { items: [], blobs: [], done: new Set() };
    for await (const { item, source, error } of mapConcurrently(group, 8, (item) => this.read(item))) {
      if (error !== undefined) {
        const message =
          error instanceof NamedError ? error.message : `reading ${item.key} from S3: ${messageOf(error)}`;
        await this.fail(item, { name: ItemErrorName.inputUnreadable, message });
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

  /** Puts the driver, the script and these files into the session. */
  async write(inputs: SessionFile[]): Promise<void> {
    await this.writeFiles([...this.driver.files(this.env.script), ...inputs]);
  }

  async writeFiles(content: SessionFile[]): Promise<void> {
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

  /** Executes code of ours, once. Throws a `RuntimeMissingError` where no session could. */
  async executeCode(code: string): Promise<ToolResult> {
    const { sessionId } = this.request;
    const result = await this.env.interpreter.invokeOnce(
      { sessionId, tool: 'executeCode', arguments: { language: this.driver.language, code } },
      this.env.deadline,
    );
    throwIfRuntimeMissing(this.driver.language, result);
    return result;
  }

  /** Reads files of ours from the session: their contents, in the order of the paths. */
  async readFiles(paths: string[]): Promise<Uint8Array[]> {
    const { sessionId } = this.request;
    const read = await this.env.interpreter.invokeIdempotent(
      { sessionId, tool: 'readFiles', arguments: { paths } },
      this.env.deadline,
    );
    if (read.isError) {
      throw new NamedError(ErrorName.sessionLost, `the outputs could not be read from the session: ${textOf(read)}`);
    }
    const contents = filesOf(read);
    // In the order of the paths, whatever the service calls them; an empty file may have no block.
    return contents.size === paths.length
      ? [...contents.values()]
      : paths.map((path) => contents.get(path) ?? new Uint8Array());
  }

  /** Records what the driver tells of these items, with their outputs. */
  async collect(records: DriverRecord[], archive: Uint8Array, items: BatchItem[], done: Set<string>): Promise<void> {
    for (const record of records) {
      const item = items.find(({ id }) => id === record.id);
      if (item) {
        await this.record(item, record, archive);
        done.add(item.id);
      }
    }
  }

  /** Records an item that cannot be run. */
  async fail(item: BatchItem, error: ItemError): Promise<void> {
    await this.env.recorder.recordNotRun(item, error, this.request.sessionId);
    this.count(false);
  }

  private async record(item: BatchItem, record: DriverRecord, archive: Uint8Array): Promise<void> {
    await this.fetchLarge(item, record);
    try {
      const result = await this.env.recorder.record(item, this.request.sessionId, record, archive);
      this.count(result.status === 'succeeded');
    } catch (error) {
      if (!(error instanceof DamagedOutputError)) {
        throw error;
      }
      await this.fail(item, { name: ItemErrorName.outputUnreadable, message: error.message });
    }
  }

  private async read(item: BatchItem): Promise<ReadItem> {
    try {
      const files = await this.toFetch(await this.env.extraFiles());
      return isInline(item)
        ? { item, source: { files, blob: await this.env.store.bytes(item.key) } }
        : { item, source: { files, url: await this.env.store.urlToGet(item.key, URL_SECONDS) } };
    } catch (error) {
      return { item, error };
    }
  }

  /** Files by URLs that read exactly these objects. */
  async toFetch(files: readonly CombinedFile[]): Promise<FileToFetch[]> {
    const signed: FileToFetch[] = [];
    for (const { path, key } of files) {
      signed.push({ path, url: await this.env.store.urlToGet(key, URL_SECONDS) });
    }
    return signed;
  }

  private driverItem({ item, url, files }: StagedItem): DriverItem {
    const name = basename(item.key);
    return {
      id: item.id,
      input: TAKEN_NAMES.has(name) ? `input-${name}` : name,
      parameters: JSON.stringify(parametersOf(item, this.request.context)),
      maxPathBytes: this.env.recorder.maxPathBytes(item),
      ...(url ? { url } : { inputFile: item.id }),
      ...(files.length > 0 ? { files } : {}),
    };
  }

  private async fetchLarge(item: BatchItem, record: DriverRecord): Promise<void> {
    if (!record.large) {
      return;
    }
    const urls: Record<string, string> = {};
    for (const { path } of record.large) {
      urls[path] = await this.env.store.urlToPut(this.env.recorder.keyOf(item, path), URL_SECONDS);
    }
    const uploaded = await this.executeCode(this.driver.upload(urls));
    if (uploaded.isError) {
      record.large = undefined;
      record.error ??= { name: 'OutputUnreadable', message: `uploading large outputs: ${lastLine(uploaded.stderr)}` };
    }
  }

  private count(succeeded: boolean): void {
    if (succeeded) {
      this.succeeded++;
    } else {
      this.failed++;
    }
  }
}

export interface SessionFile {
  path: string;
  blob: Uint8Array;
}

interface Source {
  readonly files: FileToFetch[];
  readonly blob?: Uint8Array;
  readonly url?: string;
}

interface ReadItem {
  readonly item: BatchItem;
  readonly source?: Source;
  readonly error?: unknown;
}

export interface StagedItem extends Source {
  readonly item: BatchItem;
}

export interface StagedGroup {
  readonly items: StagedItem[];
  readonly blobs: SessionFile[];
  /** Ids of items that have a result. */
  readonly done: Set<string>;
}
