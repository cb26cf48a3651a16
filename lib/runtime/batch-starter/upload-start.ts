import { createHash } from 'node:crypto';
import type { BatchRequest } from '../../contract/batch';
import { EXECUTION_INPUT_MAX_BYTES, type UploadTrigger } from '../../contract/batch-start';
import { KeyFilter } from '../batch/input/key-filter';
import { loggableName } from '../lambda-handler';
import type { Executions } from './executions';

/** A batch of messages as Lambda hands them over from SQS. */
export interface QueueEvent {
  readonly Records: QueueRecord[];
}

export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
}

/** Tells Lambda which messages are to come again. */
export interface QueueResponse {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** What is needed of an `Object Created` event of S3. Keys are not URL-encoded there. */
interface ObjectCreated {
  readonly detail?: { readonly object?: { readonly key?: unknown; readonly sequencer?: unknown } };
}

interface Upload {
  readonly key: string;
  /** Orders the writes of one key; longer ones are later. */
  readonly sequencer: string;
  readonly messageIds: string[];
}

/** Below the quota, for the field names around the items. */
const ITEMS_MAX_BYTES = EXECUTION_INPUT_MAX_BYTES - 1_024;

/**
 * Starts executions for uploads: one for a batch of messages, or as many as the size of an execution's input takes.
 * Each is named after the objects that it is for, so that the same messages, delivered twice, make one execution.
 */
export async function startForUploads(
  { Records }: QueueEvent,
  triggers: UploadTrigger[],
  executions: Executions,
  log: (line: string) => void,
): Promise<QueueResponse> {
  const failed: string[] = [];
  for (const [queue, records] of Map.groupBy(Records, ({ eventSourceARN }) => eventSourceARN)) {
    const trigger = triggers.find((each) => each.queue === queue);
    if (!trigger) {
      log(`messages of ${queue}, which no trigger of this batch has, go back`);
      failed.push(...records.map(({ messageId }) => messageId));
      continue;
    }
    const { uploads, unreadable } = readUploads(records, trigger);
    failed.push(...unreadable);
    failed.push(...(await startAll(trigger, uploads, executions, log)));
  }
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** The ids of the messages whose execution could not be started. */
async function startAll(
  trigger: UploadTrigger,
  uploads: Upload[],
  executions: Executions,
  log: (line: string) => void,
): Promise<string[]> {
  const failed: string[] = [];
  for (const part of inParts(uploads, Buffer.byteLength(JSON.stringify(trigger.parameters)))) {
    const name = nameOfStart(trigger, part);
    const request: BatchRequest = {
      items: part.map(({ key }) => key),
      ...(Object.keys(trigger.parameters).length > 0 ? { parameters: trigger.parameters } : {}),
    };
    try {
      const started = await executions.start(name, request);
      log(`${name}: ${part.length} uploads, ${started ? 'started' : 'had been started before'}`);
    } catch (error) {
      log(`${name}: not started: ${loggableName(error)}`);
      failed.push(...part.flatMap(({ messageIds }) => messageIds));
    }
  }
  return failed;
}

/** Each key once, with its latest write. */
function readUploads(records: QueueRecord[], trigger: UploadTrigger): { uploads: Upload[]; unreadable: string[] } {
  const uploads = new Map<string, Upload>();
  const unreadable: string[] = [];
  const filter = filterOf(trigger);
  for (const { messageId, body } of records) {
    const object = readObject(body);
    if (!object) {
      unreadable.push(messageId);
    } else if (object.key.startsWith(trigger.prefix) && filter.takes(object.key)) {
      const before = uploads.get(object.key);
      const sequencer = before && isLater(before.sequencer, object.sequencer) ? before.sequencer : object.sequencer;
      uploads.set(object.key, { ...object, sequencer, messageIds: [...(before?.messageIds ?? []), messageId] });
    }
  }
  return { uploads: [...uploads.values()].sort((a, b) => (a.key < b.key ? -1 : 1)), unreadable };
}

function readObject(body: string): { key: string; sequencer: string } | undefined {
  try {
    const { key, sequencer } = (JSON.parse(body) as ObjectCreated).detail?.object ?? {};
    return typeof key === 'string' && key !== '' ? { key, sequencer: String(sequencer ?? '') } : undefined;
  } catch {
    return undefined;
  }
}

/** The rule has asked for the prefix and the suffixes, but knows nothing of the batch's patterns. */
function filterOf({ prefix, suffixes, filters }: UploadTrigger): KeyFilter {
  return new KeyFilter({ kind: 'prefix', prefix, keys: [], ...filters, suffixes });
}

/** Sequencers are hexadecimal numbers of different lengths. */
function isLater(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}

function* inParts(uploads: Upload[], parameterBytes: number): Generator<Upload[]> {
  let part: Upload[] = [];
  let bytes = parameterBytes;
  for (const upload of uploads) {
    const more = Buffer.byteLength(JSON.stringify(upload.key)) + 1;
    if (part.length > 0 && bytes + more > ITEMS_MAX_BYTES) {
      yield part;
      part = [];
      bytes = parameterBytes;
    }
    part.push(upload);
    bytes += more;
  }
  if (part.length > 0) {
    yield part;
  }
}

function nameOfStart({ trigger }: UploadTrigger, uploads: Upload[]): string {
  const hash = createHash('sha256');
  for (const { key, sequencer } of uploads) {
    hash.update(JSON.stringify([key, sequencer]));
  }
  return `${trigger}-${hash.digest('hex').slice(0, 32)}`;
}
