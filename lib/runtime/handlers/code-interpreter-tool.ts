import { EnvironmentName } from '../../contract/environment';
import { Deadline } from '../deadline';
import { ownPrefix } from '../invoker/environment';
import { STOP_SECONDS } from '../invoker/session-lease';
import { type LambdaContext, lambdaHandler } from '../lambda-handler';
import { required } from '../settings';
import {
  type GatewayAnswer,
  type GatewayClientContext,
  gatewayAnswer,
  gatewayExecutor,
  operationOf,
} from '../tools/gateway-call';
import { ToolTelemetry } from '../tools/tool-telemetry';

/**
 * Answers a tool call of an AgentCore Gateway: its arguments are the event, and the operation is in the client context.
 * What goes wrong with the call is an answer too, which the model can act on.
 */
export const handler = lambdaHandler(ownPrefix, answerCall);

async function answerCall(
  event: unknown,
  context: LambdaContext & { readonly clientContext?: GatewayClientContext },
): Promise<GatewayAnswer> {
  const telemetry = new ToolTelemetry(context, required(EnvironmentName.toolName));
  const operation = operationOf(context.clientContext);
  const answer = await gatewayExecutor().call(operation, event, {
    requestId: context.awsRequestId,
    deadline: Deadline.of(context, STOP_SECONDS),
  });
  telemetry.answered(operation, answer);
  return gatewayAnswer(answer);
}
