import { statSync } from 'node:fs';
import type { BatchDeployment } from './deployment';
import { findInputs } from './input-files';
import type { ObjectStorage } from './storage/object-storage';

/** Other files for the staging bucket, by key: what the setup of sessions takes from there. */
export type StagedObjects = Readonly<Record<string, string>>;

/** What of a person's files goes into the staging bucket. */
export interface StagedFiles {
  readonly inputs: readonly string[];
  /** Where the results go: nothing in it is an input. */
  readonly output: string;
  readonly objects?: StagedObjects;
}

/** Fails for what is no file, and says which object it was to be. */
export function requireObjects(objects: StagedObjects = {}): void {
  for (const [key, path] of Object.entries(objects)) {
    const there = statSync(path, { throwIfNoEntry: false });
    if (!there?.isFile()) {
      const what = there ? 'is no file' : 'does not exist';
      throw new Error(`the object "${key}" is to be the file "${path}", which ${what}`);
    }
  }
}

/**
 * Puts a person's files into the staging bucket: inputs below the batch's prefix, and objects under their keys. They are
 * referred to where they are, not copied.
 *
 * Fails for a path that does not exist, and for an object of the batch's setup that nothing has been named for.
 */
export async function stageFiles(
  storage: ObjectStorage,
  { bucket, settings }: BatchDeployment,
  { inputs, output, objects = {} }: StagedFiles,
): Promise<void> {
  const { files } = await findInputs(inputs, output);
  requireObjects(objects);
  storage.refer(bucket, [
    ...files.map(({ path, name }) => ({ key: `${settings.input.prefix}${name}`, source: path })),
    ...Object.entries(objects).map(([key, source]) => ({ key, source })),
  ]);
  for (const wanted of settings.setup?.objects ?? []) {
    const there = wanted.endsWith('/') ? storage.table.list(bucket, wanted).length > 0 : storage.has(bucket, wanted);
    if (!there) {
      const example = wanted.endsWith('/') ? `${wanted}NAME=FILE` : `${wanted}=FILE`;
      throw new Error(
        `the setup of batch ${settings.name} takes "${wanted}" from the staging bucket: name what it is here, with --object ${example}`,
      );
    }
  }
}
