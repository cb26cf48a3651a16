import { createHash } from 'node:crypto';
import type { SessionContext } from '../../contract/batch';
import {
  type BatchItem,
  type ItemError,
  type ItemResult,
  type ItemWarning,
  ItemWarningCode,
  OUTPUT_EXCERPT_CHARACTERS,
  type OutputFile,
  type OutputText,
} from '../../contract/batch-item';
import { ItemErrorName } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import type { ItemLayout } from '../../contract/layout';
import { parseVerbatim } from '../exact-json';
import { contentTypeOf } from '../staging/content-type';
import type { ObjectStore } from '../staging/object-store';
import type { DriverRecord } from './in-session/driver-protocol';
import { type ItemRow, parseRow, ROW_FILE, RowInvalidError } from './item-row';

/** The longest key of an object in S3. */
const MAX_KEY_BYTES = 1024;

type Part = DriverRecord['parts'][number];

/** Writes what an item came to: first its files, and last, once, its result. */
export class ItemRecorder {
  constructor(
    private readonly store: ObjectStore,
    private readonly layout: ItemLayout,
  ) {}

  /** Records an item that the driver has worked on. Large outputs are in the bucket already. */
  async record(item: BatchItem, sessionId: string, record: DriverRecord, archive: Uint8Array): Promise<ItemResult> {
    const contents = new Map(record.parts.map((part) => [part, contentOf(part, archive)]));
    const files = await Promise.all(
      [...contents].flatMap(([part, content]) =>
        part.kind === 'file' ? [this.putFile(item, part.path, content)] : [],
      ),
    );
    const large = (record.large ?? []).map(({ path, bytes }) => this.fileOf(item, path, bytes));
    const { row, error, warnings } = readRow(contents);
    const found = [...record.warnings, ...warnings];
    const result: ItemResult = {
      // Why the script failed explains what is wrong with its row, and not the other way round.
      ...notRunResult(item, record.error ?? error),
      startedAt: new Date((record.startedAt ?? Date.now() / 1000) * 1000).toISOString(),
      durationSeconds: record.seconds,
      cpuSeconds: record.cpuSeconds,
      peakMemoryBytes: record.peakMemoryBytes,
      sessionId,
      exitCode: record.exitCode,
      warnings: found.length > 0 ? found : undefined,
      row: row?.value,
      files: [...files, ...large],
      stdout: await this.putStream(item, 'stdout', contents),
      stderr: await this.putStream(item, 'stderr', contents),
    };
    return this.write(result, row?.text);
  }

  /** Records an item that could not be run. */
  async recordNotRun(item: BatchItem, error: ItemError, sessionId?: string): Promise<ItemResult> {
    return this.write({ ...notRunResult(item, error), sessionId });
  }

  /** @param rowText the row as it is to be written: a number in JavaScript has not all digits that JSON may have */
  private async write(result: ItemResult, rowText?: string): Promise<ItemResult> {
    const text =
      rowText === undefined
        ? JSON.stringify(result)
        : `${JSON.stringify({ ...result, row: undefined }).slice(0, -1)},"row":${rowText}}`;
    await this.store.putOnce(this.layout.itemResult(result.id), text, 'application/json');
    return result;
  }

  /** How long the path of an item's output file may be, in bytes: the item's folder is a part of its key. */
  maxPathBytes(item: BatchItem): number {
    return MAX_KEY_BYTES - Buffer.byteLength(this.keyOf(item, ''));
  }

  /** Where an item's output file is, or goes. */
  keyOf(item: BatchItem, path: string): string {
    return this.layout.itemFile(item.id, path);
  }

  private fileOf(item: BatchItem, path: string, bytes: number): OutputFile {
    return { path, bytes, contentType: contentTypeOf(path), key: this.keyOf(item, path) };
  }

  private async putFile(item: BatchItem, path: string, content: Uint8Array): Promise<OutputFile> {
    const file = this.fileOf(item, path, content.length);
    await this.store.put(file.key, content, file.contentType);
    return file;
  }

  private async putStream(
    item: BatchItem,
    kind: 'stdout' | 'stderr',
    contents: Map<Part, Uint8Array>,
  ): Promise<OutputText | undefined> {
    for (const [part, content] of contents) {
      if (part.kind !== kind || part.printed === 0) {
        continue;
      }
      const text = Buffer.from(content).toString('utf8');
      if (text.length <= OUTPUT_EXCERPT_CHARACTERS) {
        return { bytes: part.printed, excerpt: text };
      }
      const key = this.layout.itemStream(item.id, kind);
      await this.store.put(key, content, 'text/plain; charset=utf-8');
      return { bytes: part.printed, excerpt: excerptOf(text), key };
    }
    return undefined;
  }
}

/** The result of an item before, or without, its run. */
export function notRunResult(item: BatchItem, error?: ItemError): ItemResult {
  return {
    id: item.id,
    key: item.key,
    bytes: item.bytes,
    status: error ? 'failed' : 'succeeded',
    parameters: ownParameters(item),
    startedAt: new Date().toISOString(),
    durationSeconds: 0,
    error,
    files: [],
  };
}

/** The parameters that an item's script sees. */
export function parametersOf(item: BatchItem, context: SessionContext): JsonObject {
  return { ...context.parameters, ...ownParameters(item) };
}

/** Numbers have the digits that the manifest gave them. */
function ownParameters({ parameters, parametersText }: BatchItem): JsonObject | undefined {
  return parametersText === undefined ? parameters : parseVerbatim<JsonObject>(parametersText);
}

/** What came back from the session is not what the driver had read there. */
export class DamagedOutputError extends Error {
  override readonly name = 'DamagedOutputError';
}

/** Cuts a part out of the archive; a wrong digest means that the session or the way from it changed it. */
function contentOf(part: Part, archive: Uint8Array): Uint8Array {
  const content = archive.subarray(part.offset, part.offset + part.bytes);
  if (createHash('sha256').update(content).digest('hex') !== part.sha256) {
    throw new DamagedOutputError(
      `the digest of ${part.kind === 'file' ? part.path : part.kind} does not match what was read`,
    );
  }
  return content;
}

/** The item's row, and what is wrong with it. */
interface ReadRow {
  readonly row?: ItemRow;
  readonly error?: ItemError;
  readonly warnings: ItemWarning[];
}

function readRow(contents: Map<Part, Uint8Array>): ReadRow {
  for (const [part, content] of contents) {
    if (part.kind === 'file' && part.path === ROW_FILE) {
      try {
        const row = parseRow(content);
        return { row, warnings: nullWarnings(row) };
      } catch (error) {
        if (error instanceof RowInvalidError) {
          return { error: { name: ItemErrorName.rowInvalid, message: error.message }, warnings: [] };
        }
        throw error;
      }
    }
  }
  return { warnings: [] };
}

function nullWarnings({ nulls }: ItemRow): ItemWarning[] {
  const values = nulls === 1 ? '1 value' : `${nulls} values`;
  const message = `${ROW_FILE}: ${values} became null, since JSON has neither NaN nor infinities`;
  return nulls === 0 ? [] : [{ code: ItemWarningCode.valuesBecameNull, message }];
}

function excerptOf(text: string): string {
  const half = Math.floor(OUTPUT_EXCERPT_CHARACTERS / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n[... ${left} characters left out; the whole is in the bucket ...]\n${text.slice(-half)}`;
}
