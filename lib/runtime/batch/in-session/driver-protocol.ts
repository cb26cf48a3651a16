import { z } from 'zod';
import { ErrorName } from '../../../contract/errors';
import type { JsonObject } from '../../../contract/json';
import { NamedError } from '../../named-error';
import type { ToolResult } from '../../session/tool-result';

/** What the drivers in the session are told: `run(spec)` of driver.py and driver.deno.js. */
export interface DriverSpec {
  /** Stands before the one line that answers; random, so that nothing printed can be taken for it. */
  readonly marker: string;
  /** The script's file name in the drivers' folder. */
  readonly script: string;
  /** For each item. */
  readonly timeoutSeconds: number;
  /** No further item is started once less than an item's timeout is left of this. */
  readonly budgetSeconds: number;
  /** Outputs above this size are not part of the answer, but uploaded. */
  readonly largeBytes: number;
  /** How much one answer may carry. */
  readonly archiveBytes: number;
  readonly items: DriverItem[];
}

export interface DriverItem {
  readonly id: string;
  /** The name of the input file in the item's working directory. */
  readonly input: string;
  readonly parameters: JsonObject;
  /** The input's file in the drivers' folder; or else: */
  readonly inputFile?: string;
  /** the presigned URL to fetch it from. */
  readonly url?: string;
  /** More files for its working directory. */
  readonly files?: FileToFetch[];
}

export interface FileToFetch {
  /** Relative, with forward slashes. */
  readonly path: string;
  /** Presigned. */
  readonly url: string;
}

/** What the drivers are told to do once, before the first item: `set_up(spec)` of driver.py and `setUp` of driver.deno.js. */
export interface SetUpSpec {
  readonly marker: string;
  /** In the shared folder. */
  readonly script?: string;
  readonly timeoutSeconds: number;
  /** For the shared folder. */
  readonly objects: FileToFetch[];
}

/** Relative, with forward slashes, and never upwards: it becomes part of an S3 key. */
const outputPath = z
  .string()
  .min(1)
  .max(512)
  .refine((path) => path.split('/').every((part) => !['', '.', '..'].includes(part)), 'is not a relative path');

const partPlace = { bytes: z.int().min(0), offset: z.int().min(0), sha256: z.string() };

const driverRecord = z.object({
  id: z.string(),
  startedAt: z.number().optional(),
  seconds: z.number().min(0),
  cpuSeconds: z.number().min(0).optional(),
  peakMemoryBytes: z.number().min(0).optional(),
  exitCode: z.int().optional(),
  error: z
    .object({
      name: z.enum(['ScriptFailed', 'TimedOut', 'InputUnreadable', 'OutputUnreadable']),
      message: z.string(),
      detail: z.string().optional(),
    })
    .optional(),
  parts: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('stdout'), printed: z.int().min(0), ...partPlace }),
      z.object({ kind: z.literal('stderr'), printed: z.int().min(0), ...partPlace }),
      z.object({ kind: z.literal('file'), path: outputPath, ...partPlace }),
    ]),
  ),
  large: z.array(z.object({ path: outputPath, bytes: z.int().min(0) })).optional(),
  filesLeftOut: z.int().optional(),
});

/** What a driver answers. The session is never trusted: the shape is checked. */
const driverAnswer = z.object({ items: z.array(driverRecord) });
export type DriverRecord = z.infer<typeof driverRecord>;

const setUpAnswer = z.object({ error: z.object({ message: z.string(), detail: z.string() }).optional() });

/** The records in a driver's answer. */
export function parseAnswer(text: string): DriverRecord[] {
  return parsed(driverAnswer, text).items;
}

/** What went wrong with the set-up, if anything did. */
export function parseSetUpAnswer(text: string): { message: string; detail: string } | undefined {
  return parsed(setUpAnswer, text).error;
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

function parsed<T>(schema: z.ZodType<T>, text: string): T {
  const { data, error } = schema.safeParse(jsonOf(text));
  if (data === undefined) {
    throw new NamedError(ErrorName.sessionLost, `the driver's answer has the wrong shape: ${error?.message}`);
  }
  return data;
}

/** Nothing for what is no JSON: that is a wrong shape, too. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
