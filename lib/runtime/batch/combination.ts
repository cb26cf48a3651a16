import type { BatchItem, ItemResult } from '../../contract/batch-item';
import { ErrorName } from '../../contract/errors';
import type { RunLayout } from '../../contract/layout';
import { Glob } from '../glob';
import { NamedError } from '../named-error';
import type { ObjectStore } from '../staging/object-store';

/** How many of the items' files a combining script may be given: each is fetched by a URL of its own. */
export const MAX_COMBINED_FILES = 10_000;

/** A file that an item has left, and where the combining script finds it. */
export interface CombinedFile {
  /** Relative to the working directory. */
  readonly path: string;
  readonly key: string;
}

/** The only item of a combining script: all results. */
export const combination = {
  id: 'combined',
  itemOf: (layout: RunLayout, bytes: number): BatchItem => ({ id: combination.id, key: layout.results, bytes }),
};

/**
 * The output files that fit one of these patterns, of the items that have succeeded.
 *
 * Fails if there are more than {@link MAX_COMBINED_FILES}.
 */
export async function filesToCombine(
  store: ObjectStore,
  layout: RunLayout,
  patterns: readonly string[],
): Promise<CombinedFile[]> {
  const globs = patterns.map((pattern) => new Glob(pattern));
  const found: CombinedFile[] = [];
  if (globs.length === 0) {
    return found;
  }
  for await (const { id, status, files } of store.jsonLines<ItemResult>(layout.results)) {
    const wanted = status === 'failed' ? [] : files.filter(({ path }) => globs.some((glob) => glob.matches(path)));
    found.push(...wanted.map(({ path, key }) => ({ path: `files/${id}/${path}`, key })));
    if (found.length > MAX_COMBINED_FILES) {
      throw new NamedError(
        ErrorName.invalidInput,
        `more than ${MAX_COMBINED_FILES} output files fit ${patterns.map((pattern) => `"${pattern}"`).join(', ')}: let each item write fewer, larger files`,
      );
    }
  }
  return found;
}
