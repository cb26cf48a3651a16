import { mapResultsFolder } from '../../contract/layout';
import type { ObjectStore } from '../staging/object-store';

/** A child execution that failed, as the Map Run's results have it. */
export interface FailedChild {
  readonly executionArn: string;
  /** Its error and its cause. */
  readonly reason: string;
}

/** What Step Functions writes of a child execution; only what is read here. */
interface ChildRecord {
  readonly ExecutionArn?: string;
  readonly Input?: string;
  readonly Status?: string;
  readonly Error?: string;
  readonly Cause?: string;
  /** ISO 8601. */
  readonly StopDate?: string;
}

/**
 * The child executions of a run that failed, by the items that they were given: where an item has no result, since even
 * giving up has failed, the child's history says why. A redriven run has results of several Map Runs; the last one counts.
 */
export async function failedChildren(store: ObjectStore, runPrefix: string): Promise<ReadonlyMap<string, FailedChild>> {
  const found = new Map<string, FailedChild & { readonly at: string }>();
  for await (const { key } of store.list(`${mapResultsFolder(runPrefix)}/`)) {
    if (/\/FAILED_\d+\.json$/.test(key)) {
      for (const child of (await store.findJson<ChildRecord[]>(key)) ?? []) {
        const { ExecutionArn: executionArn = 'unknown', StopDate: at = '' } = child;
        for (const id of itemsOf(child)) {
          if (at >= (found.get(id)?.at ?? '')) {
            found.set(id, { executionArn, reason: reasonOf(child), at });
          }
        }
      }
    }
  }
  return found;
}

/** None, where the input is too large for the record. */
function itemsOf({ Input }: ChildRecord): string[] {
  try {
    const { Items = [] } = JSON.parse(Input ?? '') as { Items?: { id: string }[] };
    return Items.map(({ id }) => id);
  } catch {
    return [];
  }
}

function reasonOf({ Error: name, Cause: cause, Status: status = 'FAILED' }: ChildRecord): string {
  return [name ?? status, cause].filter(Boolean).join(': ');
}
