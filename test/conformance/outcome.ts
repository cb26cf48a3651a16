import { createHash } from 'node:crypto';
import type { JsonObject } from '../../lib/contract/json';
import { parseRow, RowInvalidError } from '../../lib/runtime/batch/item-row';

/** What can be seen of a script that ran. */
export const ASPECTS = ['status', 'stdout', 'stderr', 'files', 'row'] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface Outcome {
  /** The exit code; below zero, the signal that ended it. */
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
  /** Digests by path. */
  readonly files: Record<string, string>;
  readonly row?: JsonObject;
}

/** Places that differ between the ways by nature, with what stands for them. */
export type Places = readonly (readonly [place: string, name: string])[];

export function outcomeOf(
  status: number | string,
  streams: { stdout: Buffer; stderr: Buffer },
  files: ReadonlyMap<string, Buffer>,
  places: Places,
): Outcome {
  return {
    status,
    stdout: withoutPlaces(streams.stdout, places),
    stderr: withoutPlaces(streams.stderr, places),
    files: Object.fromEntries([...files].map(([path, content]) => [path, digest(content)]).sort()),
    row: rowOf(files.get('result.json')),
  };
}

/** Where two ways differ. */
export function differences(expected: Outcome, found: Outcome): Aspect[] {
  return ASPECTS.filter((aspect) => JSON.stringify(expected[aspect]) !== JSON.stringify(found[aspect]));
}

/** As one byte a letter, so that also what is no text is compared; numbers of processes and addresses are not. */
function withoutPlaces(content: Buffer, places: Places): string {
  let text = content.toString('latin1');
  for (const [place, name] of places) {
    text = text.replaceAll(place, name);
  }
  return text.replace(/\b0x[0-9a-f]{6,}\b/g, '0x...').replace(/\bpid=\d+/g, 'pid=...');
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function rowOf(content: Buffer | undefined): JsonObject | undefined {
  try {
    return content && parseRow(content).value;
  } catch (error) {
    if (error instanceof RowInvalidError) {
      return undefined;
    }
    throw error;
  }
}
