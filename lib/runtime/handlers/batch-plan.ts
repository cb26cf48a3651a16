import type { Plan, PlanRequest } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { batchSettings } from '../batch/batch-settings';
import { Planner } from '../batch/plan';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';

/** Handles the Plan state. Fails with InvalidRequest or InvalidInput. */
export async function handler(request: PlanRequest): Promise<Plan> {
  return new Planner(batchSettings(), new ObjectStore(required(EnvironmentName.stagingBucket)), request).plan();
}
