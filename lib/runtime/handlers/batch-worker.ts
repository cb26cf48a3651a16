import type {
  GivenUpItems,
  RunItemsResponse,
  StartedSession,
  StoppedSession,
  WorkerRequest,
} from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { Worker } from '../batch/worker';
import { Deadline } from '../deadline';
import { required } from '../settings';

let worker: Worker | undefined;

/** Handles the states of a child execution: start a session, run items in it, stop it. */
export async function handler(
  request: WorkerRequest,
  context: { getRemainingTimeInMillis(): number },
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
