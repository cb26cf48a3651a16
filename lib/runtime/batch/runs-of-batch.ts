import { EnvironmentName } from '../../contract/environment';
import { runsPrefix } from '../../contract/layout';
import { batchSettings } from './batch-settings';

/** The prefix of the batch that this Lambda belongs to, below which its Lambdas write. */
export function runsOfBatch(): string {
  return runsPrefix(process.env[EnvironmentName.batchName] ?? batchSettings().name);
}
