import type {
  GivenUpItems,
  RunItemsResponse,
  StartedSession,
  StoppedSession,
  WorkerRequest,
} from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { runsOfBatch } from '../batch/runs-of-batch';
import { Worker } from '../batch/worker';
import { Deadline } from '../deadline';
import { type LambdaContext, lambdaHandler } from '../lambda-handler';
import { required } from '../settings';

let worker: Worker | undefined;

/** Handles the states of a child execution: start a session, run items in it, stop it. */
export const handler = lambdaHandler(runsOfBatch, inSession);

async function inSession(
  request: WorkerRequest,
  context: LambdaContext,
): Promise<StartedSession | RunItemsResponse | StoppedSession | GivenUpItems> {
  worker ??= new Worker(required(EnvironmentName.interpreterId), required(EnvironmentName.stagingBucket));
  const deadline = Deadline.of(context, 5);
  switch (request.action) {
    case 'start':
      return worker.start(request, deadline);
    case 'run':
      return worker.run(request, deadline);
    case 'stop':
      return worker.stop(request, deadline);
    case 'giveUp':
      return worker.giveUp(request);
  }
}
