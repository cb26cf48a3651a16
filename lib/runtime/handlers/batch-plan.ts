import type { Plan, PlanRequest } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { batchSettings } from '../batch/batch-settings';
import { Planner } from '../batch/plan';
import { runsOfBatch } from '../batch/runs-of-batch';
import { lambdaHandler } from '../lambda-handler';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';

/** Handles the Plan state. Fails with InvalidRequest or InvalidInput. */
export const handler = lambdaHandler(
  runsOfBatch,
  (request: PlanRequest): Promise<Plan> =>
    new Planner(batchSettings(), new ObjectStore(required(EnvironmentName.stagingBucket)), request).plan(),
);
