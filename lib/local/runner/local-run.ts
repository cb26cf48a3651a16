import { BatchRun } from './batch-run';
import { readDeployment } from './deployment';
import { findInputs } from './input-files';
import type { LocalRunResult, RunOptions } from './local-run-contract';
import { LocalWorld, type WorldOptions } from './local-world';

export type { LocalRunResult, RunItems, RunOptions, RunProgress, RunStart } from './local-run-contract';

export interface LocalRunOptions extends RunOptions, WorldOptions {
  /** The folder of the cloud assembly. */
  readonly assembly: string;
  /** The batch's name. Default: the only one of the assembly. */
  readonly batch?: string;
  /** Files and folders; what is in them becomes the items. Beside those that the storage has already. */
  readonly inputs: readonly string[];
}

/**
 * Runs a batch of a cloud assembly on this machine: its state machine as it was synthesized, its Lambdas from the
 * bundles that would be deployed, an S3 in memory or in a folder, and the emulator in the place of the service.
 */
export async function runLocally(options: LocalRunOptions): Promise<LocalRunResult> {
  const deployment = readDeployment(options.assembly, options.batch);
  const inputs = await findInputs(options.inputs);
  const world = await LocalWorld.open(deployment, options);
  try {
    const { bucket, settings } = deployment;
    const objects = inputs.map(({ path, name }) => ({ key: `${settings.input.prefix}${name}`, source: path }));
    const changed = options.request?.runId ? world.storage.changed(bucket, settings.input.prefix) : [];
    if (changed.length > 0) {
      options.progress?.inputsChanged?.(changed);
    }
    world.storage.refer(bucket, objects);
    return await new BatchRun(world, options).run();
  } finally {
    await world.close();
  }
}
