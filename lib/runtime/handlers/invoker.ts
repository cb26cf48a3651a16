import type { InvokerResponse } from '../../contract/invoker';
import { Deadline } from '../deadline';
import { invokerEnvironment, ownPrefix } from '../invoker/environment';
import { Invocation } from '../invoker/invoker';
import { checkInvokerRequest } from '../invoker/invoker-request';
import { STOP_SECONDS } from '../invoker/session-lease';
import { Telemetry } from '../invoker/telemetry';
import { type LambdaContext, lambdaHandler } from '../lambda-handler';

/** Executes something in a code interpreter session. Fails with the error names of the contract. */
export const handler = lambdaHandler(ownPrefix, invoke);

async function invoke(event: unknown, context: LambdaContext): Promise<InvokerResponse> {
  const telemetry = new Telemetry(context);
  try {
    const request = checkInvokerRequest(event);
    const deadline = Deadline.of(context, STOP_SECONDS);
    const answer = await new Invocation(invokerEnvironment(), request, context.awsRequestId, deadline).run();
    telemetry.answered(request, answer);
    return answer;
  } catch (error) {
    telemetry.failed(error);
    throw error;
  }
}
