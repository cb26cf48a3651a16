import { ErrorName } from '../../contract/errors';
import type { InvokerRequest } from '../../contract/invoker';
import { NamedError } from '../named-error';
import { requestSchema } from './request-schema';

/** A message names so many fields at most; the rest is counted. */
const MOST_REASONS = 20;

/** Refuses what does not fit the contract, and names each field. The values, which may be secret, are not repeated. */
export function checkInvokerRequest(request: unknown): InvokerRequest {
  const parsed = requestSchema.safeParse(request);
  if (parsed.success) {
    return parsed.data;
  }
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  const more = reasons.length > MOST_REASONS ? `; and ${reasons.length - MOST_REASONS} more` : '';
  throw invalidRequest(reasons.slice(0, MOST_REASONS).join('; ') + more);
}

/** @param reason such as `files.0.path: must be ...` */
export function invalidRequest(reason: string): NamedError {
  return new NamedError(ErrorName.invalidRequest, `the request is not valid: ${reason}`);
}
