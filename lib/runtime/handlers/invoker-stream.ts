import type { Writable } from 'node:stream';
import { Deadline } from '../deadline';
import { invokerEnvironment, ownPrefix } from '../invoker/environment';
import { Invocation } from '../invoker/invoker';
import { checkInvokerRequest, invalidRequest } from '../invoker/invoker-request';
import { STOP_SECONDS } from '../invoker/session-lease';
import { checkStreamable, linesInto, StreamedInvocation } from '../invoker/streaming';
import { Telemetry } from '../invoker/telemetry';
import { type LambdaContext, withoutDetails } from '../lambda-handler';
import { messageOf, nameOf } from '../named-error';

/** A request to the function URL, as far as it matters here. */
interface UrlEvent {
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

type StreamingHandler = (event: UrlEvent, stream: Writable, context: LambdaContext) => Promise<void>;

/** What Lambda's Node.js runtime has for response streaming, as a global. */
declare const awslambda: {
  streamifyResponse(handler: StreamingHandler): unknown;
  HttpResponseStream: {
    from(stream: Writable, head: { statusCode: number; headers: Record<string, string> }): Writable;
  };
};

/**
 * Answers the function URL: a request of the contract in the body, and back lines of JSON, output as it comes, then the
 * result, or the error under its name.
 */
export const handler = awslambda.streamifyResponse((event, stream, context) =>
  withoutDetails(ownPrefix, context, () => answer(event, stream, context)),
);

async function answer(event: UrlEvent, stream: Writable, context: LambdaContext): Promise<void> {
  const lines = awslambda.HttpResponseStream.from(stream, {
    statusCode: 200,
    headers: { 'content-type': 'application/x-ndjson', 'x-content-type-options': 'nosniff' },
  });
  const tell = linesInto(lines);
  const telemetry = new Telemetry(context);
  try {
    const request = checkStreamable(checkInvokerRequest(bodyOf(event)));
    const deadline = Deadline.of(context, STOP_SECONDS);
    const invocation = new Invocation(invokerEnvironment(), request, context.awsRequestId, deadline);
    const response = await new StreamedInvocation(invocation, request, context.awsRequestId, deadline, tell).run();
    await tell({ type: 'result', answer: response });
    telemetry.answered(request, response);
  } catch (error) {
    telemetry.failed(error);
    // The status is out already: the error is the last line. A caller that has gone does not hear it.
    await tell({ type: 'error', name: nameOf(error), message: messageOf(error) }).catch(() => {});
  }
  lines.end();
}

function bodyOf({ body = '', isBase64Encoded = false }: UrlEvent): unknown {
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
  } catch {
    throw invalidRequest('request: the body must be JSON');
  }
}
