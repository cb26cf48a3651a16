import type { InvokerResponse } from '../../contract/invoker';
import { Deadline } from '../deadline';
import { invokerEnvironment, type LambdaContext } from '../invoker/environment';
import { Invocation } from '../invoker/invoker';
import { checkInvokerRequest } from '../invoker/invoker-request';
import { STOP_SECONDS } from '../invoker/session-lease';
import { Telemetry } from '../invoker/telemetry';

/** Executes something in a code interpreter session. Fails with the error names of the contract. */
export async function handler(event: unknown, context: LambdaContext): Promise<InvokerResponse> {
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
