import { randomUUID } from 'node:crypto';
import { basename } from 'node:path/posix';
import { unzipSync } from 'fflate';
import type { RunItemsResponse, SetupSettings } from '../../contract/batch';
import type { BatchItem, ItemError } from '../../contract/batch-item';
import { ErrorName, ItemErrorName } from '../../contract/errors';
import { nameOf } from '../named-error';
import { mayBeCausedByUserCode } from '../session/service-error';
import type { CombinedFile } from './combination';
import { setUpPath } from './in-session/driver';
import { answerIn, parseSetupAnswer } from './in-session/driver-protocol';
import type { SessionFile, SessionWork } from './session-work';

/** How much of the folder one request carries; base64 makes it a third more, of the 100 MB that the service takes. */
const WRITE_BYTES = 48_000_000;
/** Each is fetched by a URL of its own, and all URLs travel in one request. */
const MAX_OBJECTS = 10_000;
/** Among the ids of items during which sessions died: no item has it. */
const SUSPECT = 'setup';

/** What is done once in a session, before its first item: files are put into a folder that all items see, and a script runs. */
export class SessionSetup {
  private files: SessionFile[] | undefined;

  constructor(
    private readonly settings: SetupSettings,
    /** Reads the folder's asset, a ZIP archive. */
    private readonly readFolder: () => Promise<Uint8Array>,
  ) {}

  /** Sets the session up, unless it is; what to answer with instead of going on with the items, if that cannot be. */
  async ensureReady(items: BatchItem[], work: SessionWork): Promise<RunItemsResponse | undefined> {
    const { sessionId, preparedSession } = work.request;
    if (items.length === 0 || preparedSession === sessionId) {
      return undefined;
    }
    const error = await this.setUp(work);
    if (error === 'sessionLost') {
      return work.response('sessionLost');
    }
    work.preparedSession = sessionId;
    if (!error) {
      return undefined;
    }
    for (const item of items) {
      await work.fail(item, error);
    }
    return work.response('done');
  }

  private async setUp(work: SessionWork): Promise<ItemError | 'sessionLost' | undefined> {
    try {
      await this.write(work);
      return await this.execute(work);
    } catch (error) {
      if (nameOf(error) === ErrorName.sessionLost) {
        return 'sessionLost';
      }
      throw error;
    }
  }

  private async write(work: SessionWork): Promise<void> {
    this.files ??= this.settings.folder ? unpacked(await this.readFolder()) : [];
    await work.write([]);
    for (const some of chunkBySize(this.files)) {
      await work.writeFiles(some);
    }
  }

  private async execute(work: SessionWork): Promise<ItemError | undefined> {
    const { script, timeoutSeconds } = this.settings;
    const found = await this.objects(work);
    const message = problemOf(found);
    if (message !== undefined) {
      return { name: ItemErrorName.setupFailed, message };
    }
    const objects = await work.toFetch(found);
    const spec = { marker: `#${randomUUID()}#`, script, timeoutSeconds, objects };
    try {
      const failure = parseSetupAnswer(answerIn(await work.executeCode(work.driver.setUp(spec)), spec.marker));
      return failure && { name: ItemErrorName.setupFailed, ...failure };
    } catch (error) {
      if (mayBeCausedByUserCode(error) && work.recordSessionDeath(SUSPECT)) {
        return { name: ItemErrorName.setupFailed, message: 'sessions died while they were set up, again and again' };
      }
      throw error;
    }
  }

  /** The objects under the names that they get: their own, or for prefixes what follows it. */
  private async objects({ env: { store } }: SessionWork): Promise<CombinedFile[]> {
    const found: CombinedFile[] = [];
    for (const key of this.settings.objects) {
      if (!key.endsWith('/')) {
        found.push({ path: basename(key), key });
        continue;
      }
      for await (const object of store.list(key)) {
        if (!object.key.endsWith('/')) {
          found.push({ path: object.key.slice(key.length), key: object.key });
        }
        if (found.length > MAX_OBJECTS) {
          return found;
        }
      }
    }
    return found;
  }
}

/** Why these objects cannot be fetched, if they cannot. */
function problemOf(objects: readonly CombinedFile[]): string | undefined {
  if (objects.length > MAX_OBJECTS) {
    return `the setup names more than ${MAX_OBJECTS} objects, with those below its prefixes: put them into fewer, larger ones`;
  }
  const outside = objects.find(({ path }) => path.split('/').includes('..'));
  return outside && `${outside.key} cannot be put into the shared folder: its name leads out of it`;
}

function unpacked(archive: Uint8Array): SessionFile[] {
  return Object.entries(unzipSync(archive))
    .filter(([path]) => !path.endsWith('/'))
    .map(([path, blob]) => ({ path: setUpPath(path), blob }));
}

function chunkBySize(files: readonly SessionFile[]): SessionFile[][] {
  const portions: SessionFile[][] = [];
  let bytes = WRITE_BYTES;
  for (const file of files) {
    bytes += file.blob.length;
    if (bytes > WRITE_BYTES) {
      portions.push([]);
      bytes = file.blob.length;
    }
    portions.at(-1)?.push(file);
  }
  return portions;
}
