import { ErrorName } from '../../contract/errors';
import { messageOf, NamedError, nameOf } from '../named-error';

/** Refused before anything ran: the same request may be sent again. */
const THROTTLED = new Set(['ThrottlingException', 'ServiceQuotaExceededException']);

/** What an invoke answers once its session is over. */
const SESSION_GONE = new Set(['ResourceNotFoundException', 'ConflictException']);

const REJECTED = new Set(['ValidationException', 'AccessDeniedException', 'UnrecognizedClientException']);

/** Clients of others report this message under ValidationException, too. */
const NOT_ACTIVE = /\bsession\b.*\b(?:is )?not active\b/is;

/** The session is over, or never was. */
export function sessionGone(error: unknown): boolean {
  return SESSION_GONE.has(nameOf(error)) || (isRejected(error) && NOT_ACTIVE.test(messageOf(error)));
}

function isRejected(error: unknown): boolean {
  return REJECTED.has(nameOf(error));
}

/** The service refused the request for now, and has executed nothing of it. */
export function isThrottled(error: unknown): boolean {
  return THROTTLED.has(nameOf(error));
}

/**
 * Whether an operation that may run twice is worth another attempt: the service refused for now, failed inside, or
 * the connection broke.
 */
export function isTransient(error: unknown): boolean {
  return !sessionGone(error) && !isRejected(error) && !(error instanceof NamedError);
}

/** Whether code may have ended its session, or the way to it: the session is over, or its answer was cut. */
export function mayBeCausedByUserCode(error: unknown): boolean {
  const cause = error instanceof NamedError && error.cause !== undefined ? error.cause : error;
  return nameOf(error) === ErrorName.sessionLost && nameOf(cause) !== 'InternalServerException';
}

/** A failed call that starts, lists or stops sessions, under a name of the contract. */
export function namedControlError(error: unknown, what: string): NamedError {
  const name = isTransient(error) ? ErrorName.serviceUnavailable : ErrorName.serviceRejected;
  return new NamedError(name, `${what}: ${nameOf(error)}: ${messageOf(error)}`, { cause: error });
}

/**
 * A failed invoke, under a name of the contract. Whatever is neither a refusal for now nor a rejection leaves open
 * what has run in the session, so that it counts as lost.
 */
export function namedInvokeError(error: unknown, what: string): NamedError {
  if (error instanceof NamedError) {
    return error;
  }
  const cause = { cause: error };
  const message = `${what}: ${nameOf(error)}: ${messageOf(error)}`;
  if (isThrottled(error)) {
    return new NamedError(ErrorName.serviceUnavailable, message, cause);
  }
  if (isRejected(error) && !sessionGone(error)) {
    return new NamedError(ErrorName.serviceRejected, message, cause);
  }
  return new NamedError(ErrorName.sessionLost, message, cause);
}
