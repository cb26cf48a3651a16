import { z } from 'zod';
import { ErrorName } from '../../../contract/errors';
import type { JsonObject } from '../../../contract/json';
import { NamedError } from '../../named-error';

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

/** The records in a driver's answer. */
export function parseAnswer(text: string): DriverRecord[] {
  const parsed = driverAnswer.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new NamedError(ErrorName.sessionLost, `the driver's answer has the wrong shape: ${parsed.error.message}`);
  }
  return parsed.data.items;
}
