import * as z from 'zod/mini';
import { answerSchema } from './answer-schema';
import type { CodeTool } from './code-tools';

/** Whether a call names its session: nobody else does where there is no conversation, as behind Gateway. */
export type SessionNaming = 'handle' | 'implicit';

const handle = z
  .string()
  .check(
    z.regex(/^[0-9a-zA-Z]{1,40}$/, 'must be a sessionId that an earlier answer gave'),
    z.describe(
      'The sessionId of an earlier answer, to go on in the same session with its variables and files. Without it, a new session starts.',
    ),
  );

const optionalHandle = { sessionId: z.optional(handle) };
const requiredHandle = {
  sessionId: handle.check(z.describe('The sessionId that an earlier answer gave.')),
};

/** Tools that make no sense in a new session. */
const NEEDS_SESSION: readonly string[] = ['get_task', 'stop_session'];

/** What the arguments of a tool are checked by. */
export function argumentSchema({ name, argumentSchema: schema }: CodeTool, naming: SessionNaming): z.ZodMiniObject {
  if (naming === 'implicit') {
    return schema;
  }
  return z.extend(schema, NEEDS_SESSION.includes(name) ? requiredHandle : optionalHandle);
}

/** The same as JSON Schema, for clients and models. */
export function argumentJsonSchema(tool: CodeTool, naming: SessionNaming): Record<string, unknown> {
  return withoutDialect(z.toJSONSchema(argumentSchema(tool, naming), { io: 'input' }));
}

/** What the structured part of every tool's answer looks like, as JSON Schema. */
export function answerJsonSchema(): Record<string, unknown> {
  return withoutDialect(z.toJSONSchema(answerSchema));
}

function withoutDialect({ $schema: _dialect, ...schema }: object & { $schema?: string }): Record<string, unknown> {
  return schema;
}
