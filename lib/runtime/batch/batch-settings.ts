import type { BatchSettings } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { required } from '../settings';

/** What the construct fixed at synth. */
export function batchSettings(): BatchSettings {
  return JSON.parse(required(EnvironmentName.batch)) as BatchSettings;
}
