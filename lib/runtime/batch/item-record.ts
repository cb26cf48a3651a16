import { createHash } from 'node:crypto';
import type { SessionContext } from '../../contract/batch';
import {
  type BatchItem,
  type ItemError,
  type ItemResult,
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

type Part = DriverRecord['parts'][number];

/** Writes what an item came to: first its files, and last, once, its result. */
export class ItemRecorder {
  constructor(
    private readonly store: ObjectStore,
    private readonly layout: ItemLayout,
  ) {}

  /** Records an item that the driver has worked on. Large outputs are in the bucket already. */
  async record(item: BatchItem, sessionId: string, told: DriverRecord, archive: Uint8Array): Promise<ItemResult> {
    const contents = new Map(told.parts.map((part) => [part, contentOf(part, archive)]));
    const files = await Promise.all(
      [...contents].flatMap(([part, content]) =>
        part.kind === 'file' ? [this.putFile(item, part.path, content)] : [],
      ),
    );
    const large = (told.large ?? []).map(({ path, bytes }) => this.fileOf(item, path, bytes));
    const row = rowOf(contents);
    return this.write({
      ...unrun(item, row.error ?? told.error ?? leftOutError(told)),
      startedAt: new Date((told.startedAt ?? Date.now() / 1000) * 1000).toISOString(),
      durationSeconds: told.seconds,
      cpuSeconds: told.cpuSeconds,
      peakMemoryBytes: told.peakMemoryBytes,
      sessionId,
      exitCode: told.exitCode,
      row: row.value,
      files: [...files, ...large],
      stdout: await this.putStream(item, 'stdout', contents),
      stderr: await this.putStream(item, 'stderr', contents),
    });
  }

  /** Records an item that could not be run. */
  async recordUnrun(item: BatchItem, error: ItemError, sessionId?: string): Promise<ItemResult> {
    return this.write({ ...unrun(item, error), sessionId });
  }

  private async write(result: ItemResult): Promise<ItemResult> {
    await this.store.putOnce(this.layout.itemResult(result.id), JSON.stringify(result), 'application/json');
    return result;
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
export function unrun(item: BatchItem, error?: ItemError): ItemResult {
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

const ROW_FILE = 'result.json';

/** The item's row is the object in its result.json. A file of that name that is none fails the item. */
function rowOf(contents: Map<Part, Uint8Array>): { value?: JsonObject; error?: ItemError } {
  for (const [part, content] of contents) {
    if (part.kind === 'file' && part.path === ROW_FILE) {
      return parseRow(Buffer.from(content).toString('utf8'));
    }
  }
  return {};
}

function parseRow(text: string): { value?: JsonObject; error?: ItemError } {
  try {
    const value = parsePythonJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { value: value as JsonObject };
    }
    throw new Error(`found ${Array.isArray(value) ? 'an array' : typeof value}`);
  } catch (error) {
    const message = `${ROW_FILE} must hold one JSON object: ${(error as Error).message}`;
    return { error: { name: ItemErrorName.scriptFailed, message } };
  }
}

/** Python's json writes NaN and Infinity, which JSON has not: an empty value is what they mean in a row. */
function parsePythonJson(text: string): unknown {
  // A string is taken as a whole, so that what stands in it stays.
  return JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (part) => (part.startsWith('"') ? part : 'null')),
  );
}

function leftOutError(told: DriverRecord): ItemError | undefined {
  return told.filesLeftOut
    ? {
        name: ItemErrorName.outputUnreadable,
        message: `left ${told.filesLeftOut} more output files than the 1000 that an item may have; write an archive instead`,
      }
    : undefined;
}

function excerptOf(text: string): string {
  const half = Math.floor(OUTPUT_EXCERPT_CHARACTERS / 2);
  const left = text.length - 2 * half;
  return `${text.slice(0, half)}\n[... ${left} characters left out; the whole is in the bucket ...]\n${text.slice(-half)}`;
}
