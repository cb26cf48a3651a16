import { EnvironmentName } from '../contract/environment';
import { type FailureDetails, failureKey, failureMessage } from '../contract/failure-details';
import { messageOf, nameOf } from './named-error';
import { required } from './settings';
import { ObjectStore } from './staging/object-store';

/** Of Lambda's context, what the handlers use. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

type Handler<E, R> = (event: E, context: LambdaContext) => Promise<R>;

/**
 * Makes a handler out of a function: whatever the function throws, Lambda gets an error with a name and ids only.
 *
 * Lambda logs the message and the stack of what is thrown, and hands them to X-Ray. So the message is written to the
 * staging bucket, and the error says where.
 *
 * @param ownPrefix the prefix in the staging bucket below which the handler may write
 */
export function lambdaHandler<E, R>(ownPrefix: () => string, handle: Handler<E, R>): Handler<E, R> {
  return (event, context) => withoutDetails(ownPrefix, context, () => handle(event, context));
}

/** The same for a streaming handler, which Lambda's runtime wraps itself. */
export async function withoutDetails<R>(
  ownPrefix: () => string,
  { awsRequestId }: LambdaContext,
  work: () => Promise<R>,
): Promise<R> {
  try {
    return await work();
  } catch (error) {
    throw await concealed(error, ownPrefix, awsRequestId);
  }
}

async function concealed(error: unknown, ownPrefix: () => string, requestId: string): Promise<Error> {
  const name = loggableName(error);
  try {
    const store = new ObjectStore(required(EnvironmentName.stagingBucket));
    const key = failureKey(ownPrefix(), requestId);
    await store.put(key, JSON.stringify(detailsOf(error, name, requestId), null, 2), 'application/json');
    return loggableError(name, failureMessage({ bucket: store.bucket, key }));
  } catch (second) {
    const reason = `its details could not be written to the staging bucket (${loggableName(second)})`;
    return loggableError(name, `request ${requestId} failed; ${reason}`);
  }
}

/** Its stack would tell of this file only. */
function loggableError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name, stack: `${name}: ${message}` });
}

function detailsOf(error: unknown, name: string, requestId: string): FailureDetails {
  return {
    version: 1,
    error: name,
    message: messageOf(error),
    stack: error instanceof Error ? error.stack : undefined,
    requestId,
    failedAt: new Date().toISOString(),
  };
}

/** Names come from code, but a service's may come over the network. */
export function loggableName(error: unknown): string {
  const name = nameOf(error);
  return /^[A-Za-z][A-Za-z0-9_.]{0,99}$/.test(name) ? name : 'Error';
}

/**
 * What nothing has caught passes by every handler: Lambda's runtime logs it and ends the process. Its message is removed
 * first, here: listeners are called in order. Whether it ends the process stays as it is.
 */
process.on('uncaughtExceptionMonitor', conceal);
process.prependListener('unhandledRejection', (reason) => {
  conceal(reason);
  if (process.listenerCount('unhandledRejection') === 1) {
    throw reason;
  }
});

function conceal(error: unknown): void {
  if (!(error instanceof Error)) {
    return;
  }
  const name = loggableName(error);
  const message = 'an error that nothing caught';
  for (const property of Object.getOwnPropertyNames(error)) {
    Reflect.deleteProperty(error, property);
  }
  Object.defineProperties(error, {
    name: { value: name },
    message: { value: message },
    stack: { value: `${name}: ${message}` },
  });
}
