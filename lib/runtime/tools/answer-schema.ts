import * as z from 'zod/mini';
import { OUTCOMES } from '../../contract/invoker';

const bytes = z.int().check(z.minimum(0));

const link = z.optional(z.string().check(z.describe('Where the whole is, such as s3://bucket/key.')));

const file = z.strictObject({
  path: z.string(),
  bytes,
  contentType: z.string(),
  text: z.optional(z.string().check(z.describe('The content of a text file, or its beginning and end.'))),
  uri: link,
  url: z.optional(z.string().check(z.describe('A link that works for a quarter of an hour.'))),
  error: z.optional(z.string().check(z.describe('Why it could not be read.'))),
});

/** The structured part of a tool's answer. */
export const answerSchema = z.strictObject({
  outcome: z
    .enum([...OUTCOMES, 'rejected'])
    .check(z.describe('How it went. "rejected": nothing was executed; "message" says why.')),
  message: z.optional(z.string().check(z.describe('What there is to know beside the output.'))),
  sessionId: z.optional(z.string().check(z.describe('The session; pass it on to stay in it.'))),
  sessionEnded: z.optional(z.boolean()),
  stdout: z.optional(z.string().check(z.describe('What was printed, or its beginning and end.'))),
  stdoutUri: link,
  stderr: z.optional(z.string()),
  stderrUri: link,
  exitCode: z.optional(z.int()),
  executionSeconds: z.optional(z.number()),
  files: z.optional(z.array(file)),
  pictures: z.optional(z.array(file)),
  task: z.optional(
    z.strictObject({
      taskId: z.string(),
      status: z.string(),
      stdoutFrom: bytes.check(z.describe('Pass it on to get what is printed from here on.')),
      stderrFrom: bytes,
      more: z.boolean().check(z.describe('Whether more has been printed already.')),
    }),
  ),
});

export type AnswerData = z.infer<typeof answerSchema>;
export type AnswerFile = z.infer<typeof file>;
