import { BatchRun } from './batch-run';
import { readDeployment } from './deployment';
import { requireFolder } from './export-run';
import { findInputs } from './input-files';
import { LocalEnvironment } from './local-environment';
import type { LocalEnvironmentOptions, LocalRunResult, RunOptions } from './local-run-contract';
import { checkRequirements } from './run-requirements';
import { requireObjects, type StagedObjects, stageFiles } from './staged-files';

export type { LocalRunResult, RunItems, RunOptions, RunProgress, RunStart } from './local-run-contract';

export interface LocalRunOptions extends RunOptions, LocalEnvironmentOptions {
  /** The folder of the cloud assembly. */
  readonly assembly: string;
  /** The batch's name. Default: the only one of the assembly. */
  readonly batch?: string;
  /** Files and folders; what is in them becomes the items. Beside those that the storage has already. */
  readonly inputs: readonly string[];
  /** Files for the staging bucket beside the inputs, by key. Default: none. */
  readonly objects?: StagedObjects;
}

/**
 * Runs a batch of a cloud assembly on this machine: its state machine as it was synthesized, its Lambdas from the
 * bundles that would be deployed, an S3 in memory or in a folder, and the emulator instead of the service.
 */
export async function runLocally(options: LocalRunOptions): Promise<LocalRunResult> {
  const deployment = readDeployment(options.assembly, options.batch);
  options.progress?.inputsFound?.(await findInputs(options.inputs, options.output));
  await requireFolder(options.output);
  requireObjects(options.objects);
  await checkRequirements(deployment, options);
  const environment = await LocalEnvironment.open(deployment, options);
  try {
    const { bucket, settings } = deployment;
    const changed = options.request?.runId ? environment.storage.changed(bucket, settings.input.prefix) : [];
    if (changed.length > 0) {
      options.progress?.inputsChanged?.(changed);
    }
    await stageFiles(environment.storage, deployment, options);
    return await new BatchRun(environment, options).run();
  } finally {
    await environment.close();
  }
}
