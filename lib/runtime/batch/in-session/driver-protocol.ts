import * as z from 'zod/mini';
import { ItemWarningCode } from '../../../contract/batch-item';
import { ErrorName, ItemErrorName } from '../../../contract/errors';
import { NamedError } from '../../named-error';
import '../../schema-messages';
import type { ToolResult } from '../../session/tool-result';

/*
 * What is said between the worker and the drivers in a session (python/ and deno/), in both directions. The types come from
 * the schemas; the drivers' tests hold the drivers to them.
 */

const fileToFetch = z.strictObject({
  /** Relative, with forward slashes. */
  path: z.string(),
  /** Presigned. */
  url: z.string(),
});

const driverItem = z.strictObject({
  id: z.string(),
  /** The name of the input file in the item's working directory. */
  input: z.string(),
  /** A JSON object as text, so that every digit of a number reaches the script. */
  parameters: z.string(),
  /** The input's file in the driver's folder; or else: */
  inputFile: z.optional(z.string()),
  /** the presigned URL to fetch it from. */
  url: z.optional(z.string()),
  /** More files for its working directory. */
  files: z.optional(z.array(fileToFetch)),
  /** How long the path of an output file may be: its key in S3 begins with the item's folder. */
  maxPathBytes: z.int(),
});

/** What a driver is asked to work through: `run(spec)`. */
export const driverSpec = z.strictObject({
  /** Precedes the one line that answers; random, so that nothing printed can be taken for it. */
  marker: z.string(),
  /** The script's file name in the drivers' folder `script`. */
  script: z.string(),
  /** For each item. */
  timeoutSeconds: z.number(),
  /** No further item is started once less than an item's timeout is left of this. */
  budgetSeconds: z.number(),
  /** Outputs above this size are not part of the answer, but uploaded. */
  largeBytes: z.int(),
  /** How much one answer may carry. */
  archiveBytes: z.int(),
  items: z.array(driverItem),
});

/** What a driver is asked to do once, before the first item: `set_up(spec)` in Python, `setUp` in Deno. */
export const setupSpec = z.strictObject({
  marker: z.string(),
  /** In the shared folder. */
  script: z.optional(z.string()),
  timeoutSeconds: z.number(),
  /** For the shared folder. */
  objects: z.array(fileToFetch),
});

export type DriverSpec = z.infer<typeof driverSpec>;
export type DriverItem = z.infer<typeof driverItem>;
export type SetupSpec = z.infer<typeof setupSpec>;
export type FileToFetch = z.infer<typeof fileToFetch>;

/** Relative, with forward slashes, and never upwards: it becomes part of an S3 key. */
const outputPath = z.string().check(
  z.minLength(1),
  z.refine((path) => path.split('/').every((part) => !['', '.', '..'].includes(part)), 'is not a relative path'),
);

const notNegative = z.number().check(z.minimum(0));
const count = z.int().check(z.minimum(0));

const partPlace = { bytes: count, offset: count, sha256: z.string() };

const driverRecord = z.strictObject({
  id: z.string(),
  startedAt: z.optional(z.number()),
  seconds: notNegative,
  cpuSeconds: z.optional(notNegative),
  peakMemoryBytes: z.optional(notNegative),
  exitCode: z.optional(z.int()),
  error: z.optional(
    z.strictObject({
      name: z.enum([
        ItemErrorName.scriptFailed,
        ItemErrorName.timedOut,
        ItemErrorName.inputUnreadable,
        ItemErrorName.outputUnreadable,
      ]),
      message: z.string(),
      detail: z.optional(z.string()),
    }),
  ),
  warnings: z.array(z.strictObject({ code: z.enum(Object.values(ItemWarningCode)), message: z.string() })),
  parts: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('stdout'), printed: count, ...partPlace }),
      z.strictObject({ kind: z.literal('stderr'), printed: count, ...partPlace }),
      z.strictObject({ kind: z.literal('file'), path: outputPath, ...partPlace }),
    ]),
  ),
  large: z.optional(z.array(z.strictObject({ path: outputPath, bytes: count }))),
});

const driverAnswer = z.strictObject({ items: z.array(z.looseObject({ id: z.string() })) });
export type DriverRecord = z.infer<typeof driverRecord>;

const setupAnswer = z.strictObject({
  error: z.optional(z.strictObject({ message: z.string(), detail: z.string() })),
});

/**
 * The records in a driver's answer. The session is never trusted, so the shape is checked; a record that does not fit is the
 * outcome of its item alone.
 */
export function parseAnswer(text: string): DriverRecord[] {
  return parse(driverAnswer, text).items.map((record) => {
    const { data, error } = driverRecord.safeParse(record);
    return data ?? unreadableRecord(record.id, error as z.core.$ZodError);
  });
}

function unreadableRecord(id: string, error: z.core.$ZodError): DriverRecord {
  const [{ path, message } = { path: [], message: '' }] = error.issues;
  return {
    id,
    seconds: 0,
    parts: [],
    warnings: [],
    error: {
      name: ItemErrorName.outputUnreadable,
      message: `the driver's record of this item has the wrong shape at ${path.join('.')}: ${message}`,
    },
  };
}

/** What went wrong with the setup, if anything did. */
export function parseSetupAnswer(text: string): { message: string; detail: string } | undefined {
  return parse(setupAnswer, text).error;
}

/** The driver's answer behind its marker. Without one, the session cannot be relied on any more. */
export function answerIn({ stdout, stderr }: ToolResult, marker: string): string {
  const line = stdout.split(/\r?\n/).find((candidate) => candidate.startsWith(marker));
  if (line === undefined) {
    const reason = lastLine(stderr) || lastLine(stdout) || 'it printed nothing';
    throw new NamedError(ErrorName.sessionLost, `the driver in the session did not answer: ${reason}`);
  }
  return line.slice(marker.length);
}

/** The last line of what was printed: where a reason stands. */
export function lastLine(text: string): string {
  return text.trim().split(/\r?\n/).at(-1) ?? '';
}

function parse<T>(schema: z.ZodMiniType<T>, text: string): T {
  const { data, error } = schema.safeParse(parseJson(text));
  if (data === undefined) {
    throw new NamedError(ErrorName.sessionLost, `the driver's answer has the wrong shape: ${error?.message}`);
  }
  return data;
}

/** Undefined for what is not JSON: that is a wrong shape, too. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
