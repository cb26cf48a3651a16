import { z } from 'zod';
import { ErrorName } from '../../contract/errors';
import type { InvokerRequest } from '../../contract/invoker';
import { LANGUAGES, RUNTIMES, SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { NamedError } from '../named-error';

/** A path in the session: relative to its working directory, and never out of it. */
const sessionPath = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (path) => !path.startsWith('/') && !path.includes('\0') && !path.split('/').includes('..'),
    'must be relative to the working directory, without ".."',
  );

const inputFile = z
  .strictObject({
    path: sessionPath,
    text: z.string().optional(),
    base64: z.base64().optional(),
    s3Key: z.string().min(1).optional(),
  })
  .refine(
    ({ text, base64, s3Key }) => [text, base64, s3Key].filter((value) => value !== undefined).length === 1,
    'must have exactly one of "text", "base64" and "s3Key"',
  );

const invokerRequest = z
  .strictObject({
    code: z.string().min(1).optional(),
    command: z.string().min(1).optional(),
    language: z.enum(LANGUAGES).optional(),
    runtime: z.enum(RUNTIMES).optional(),
    sessionId: z
      .string()
      .regex(/^[0-9a-zA-Z]{1,40}$/, 'must be 1 to 40 letters and digits')
      .optional(),
    endSession: z.boolean().optional(),
    sessionTimeoutSeconds: z.int().min(SESSION_TIMEOUT_SECONDS.min).max(SESSION_TIMEOUT_SECONDS.max).optional(),
    files: z.array(inputFile).max(1000).optional(),
    outputs: z.array(sessionPath).max(1000).optional(),
  })
  .refine(
    ({ code, command }) => (code === undefined) !== (command === undefined),
    'must have exactly one of "code" and "command"',
  ) satisfies z.ZodType<InvokerRequest>;

/** Refuses what does not fit the contract, and names each field. */
export function checkInvokerRequest(request: unknown): InvokerRequest {
  const parsed = invokerRequest.safeParse(request);
  if (parsed.success) {
    return parsed.data;
  }
  const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw new NamedError(ErrorName.invalidRequest, `the request is not valid: ${reasons.join('; ')}`);
}
