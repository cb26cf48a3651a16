import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { messageOf } from '../named-error';

const step = z.strictObject({
  /** What is said; `{{prompt}}` is the user's text, `{{result}}` that of the tools' last answers. */
  text: z.optional(z.string()),
  tools: z.optional(z.array(z.strictObject({ name: z.string(), input: z.record(z.string(), z.unknown()) }))),
});

const script = z.strictObject({
  name: z.string().check(z.minLength(1)),
  plans: z
    .array(
      z.strictObject({
        /** The plan is for prompts that have this text in them. Default: any. */
        when: z.optional(z.string()),
        steps: z.array(step).check(z.minLength(1)),
        /** Whether the last step is taken again and again. Default: no. */
        endless: z.optional(z.boolean()),
      }),
    )
    .check(z.minLength(1)),
});

export type Script = z.infer<typeof script>;
export type ScriptStep = z.infer<typeof step>;

/** Reads the plans of a scripted model. */
export function readScript(file: string): Script {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`the model script ${file} cannot be read: ${messageOf(error)}`);
  }
  const checked = script.safeParse(content);
  if (!checked.success) {
    const [first] = checked.error.issues;
    throw new Error(`the model script ${file} is not valid: ${first?.path.join('.')}: ${first?.message}`);
  }
  return checked.data;
}
