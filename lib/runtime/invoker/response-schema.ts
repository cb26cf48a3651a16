import * as z from 'zod';
import { type InvokerResponse, OUTCOMES } from '../../contract/invoker';

const bytes = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const staged = z.strictObject({ bucket: z.string(), s3Key: z.string(), bytes, sha256 });

/** The content, or where it is. */
const content = {
  text: z.string().optional(),
  base64: z.string().optional(),
  bucket: z.string().optional(),
  s3Key: z.string().optional(),
};

const block = z.strictObject({
  type: z.string(),
  bytes: bytes.optional(),
  sha256: sha256.optional(),
  contentType: z.string().optional(),
  ...content,
  uri: z.string().optional(),
  name: z.string().optional(),
  description: z.string().optional(),
});

const file = z.strictObject({
  path: z.string(),
  bytes,
  contentType: z.string(),
  sha256: sha256.optional(),
  ...content,
  error: z.string().optional(),
});

/** The answer, for callers that check what they get, and for the published JSON Schema. */
export const responseSchema = z.strictObject({
  sessionId: z.string(),
  sessionEnded: z.boolean(),
  outcome: z.enum(OUTCOMES),
  isError: z.boolean(),
  stdout: z.string(),
  stderr: z.string(),
  stdoutFile: staged.optional(),
  stderrFile: staged.optional(),
  exitCode: z.int().optional(),
  executionTime: z.number().optional(),
  content: z.array(block),
  files: z.array(file),
  task: z
    .strictObject({ id: z.string(), status: z.string(), stdoutNext: bytes, stderrNext: bytes, more: z.boolean() })
    .optional(),
  whole: staged.optional(),
}) satisfies z.ZodType<InvokerResponse>;
