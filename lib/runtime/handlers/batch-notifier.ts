import type { NotificationTarget } from '../../contract/batch-events';
import { EnvironmentName } from '../../contract/environment';
import { runsOfBatch } from '../batch/runs-of-batch';
import type { ExecutionEnded } from '../batch-events/ended-execution';
import { Notifier } from '../batch-notifier/notifier';
import { lambdaHandler } from '../lambda-handler';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';

let notifier: Notifier | undefined;

/** Handles the events of Step Functions that an execution of the batch has ended. */
export const handler = lambdaHandler(runsOfBatch, async (event: ExecutionEnded): Promise<void> => {
  notifier ??= new Notifier(
    required(EnvironmentName.batchName),
    JSON.parse(required(EnvironmentName.notificationTargets)) as NotificationTarget[],
    new ObjectStore(required(EnvironmentName.stagingBucket)),
  );
  await notifier.tell(event);
});
