import { EnvironmentName } from '../../contract/environment';
import type { InvokerResponse } from '../../contract/invoker';
import { Deadline } from '../deadline';
import { Invocation, type InvokerEnvironment } from '../invoker/invoker';
import { checkInvokerRequest } from '../invoker/invoker-request';
import { STOP_SECONDS } from '../invoker/session-lease';
import { Interpreter } from '../session/interpreter';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';

let environment: InvokerEnvironment | undefined;

/** Runs code or a command in a code interpreter session. Fails with the error names of the contract. */
export async function handler(
  event: unknown,
  context: { awsRequestId: string; getRemainingTimeInMillis(): number },
): Promise<InvokerResponse> {
  const request = checkInvokerRequest(event);
  environment ??= {
    interpreter: new Interpreter(required(EnvironmentName.interpreterId)),
    store: new ObjectStore(required(EnvironmentName.stagingBucket)),
    prefix: required(EnvironmentName.stagingPrefix),
    sessionTimeoutSeconds: Number(required(EnvironmentName.sessionTimeoutSeconds)),
  };
  const deadline = Deadline.of(context, STOP_SECONDS);
  return new Invocation(environment, request, context.awsRequestId, deadline).run();
}
