import * as z from 'zod/mini';
import { type InvokerResponse, OUTCOMES } from '../../contract/invoker';

const bytes = z.int().check(z.minimum(0));
const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

const staged = z.strictObject({ bucket: z.string(), s3Key: z.string(), bytes, sha256 });

/** The content, or where it is. */
const content = {
  text: z.optional(z.string()),
  base64: z.optional(z.string()),
  bucket: z.optional(z.string()),
  s3Key: z.optional(z.string()),
};

const block = z.strictObject({
  type: z.string(),
  bytes: z.optional(bytes),
  sha256: z.optional(sha256),
  contentType: z.optional(z.string()),
  ...content,
  uri: z.optional(z.string()),
  name: z.optional(z.string()),
  description: z.optional(z.string()),
});

const file = z.strictObject({
  path: z.string(),
  bytes,
  contentType: z.string(),
  sha256: z.optional(sha256),
  ...content,
  error: z.optional(z.string()),
});

/** The answer, for callers that check what they get, and for the published JSON Schema. */
export const responseSchema = z.strictObject({
  sessionId: z.string(),
  sessionEnded: z.boolean(),
  outcome: z.enum(OUTCOMES),
  isError: z.boolean(),
  stdout: z.string(),
  stderr: z.string(),
  stdoutFile: z.optional(staged),
  stderrFile: z.optional(staged),
  exitCode: z.optional(z.int()),
  executionTime: z.optional(z.number()),
  content: z.array(block),
  files: z.array(file),
  task: z.optional(
    z.strictObject({ id: z.string(), status: z.string(), stdoutNext: bytes, stderrNext: bytes, more: z.boolean() }),
  ),
  whole: z.optional(staged),
}) satisfies z.ZodMiniType<InvokerResponse>;
