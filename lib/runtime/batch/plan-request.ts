import { z } from 'zod';
import type { BatchInput, BatchRequest, RequestedItem } from '../../contract/batch';
import { ErrorName } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { jsonObject } from '../json-schema';
import { NamedError } from '../named-error';

const RUN_ID = /^[A-Za-z0-9_-]{1,80}$/;

const batchRequest = z.strictObject({
  runId: z.string().regex(RUN_ID, 'must match [A-Za-z0-9_-]{1,80}').optional(),
  prefix: z.string().optional(),
  items: z
    .array(z.union([z.string().min(1), z.strictObject({ key: z.string().min(1), parameters: jsonObject.optional() })]))
    .min(1, 'must name at least one item')
    .optional(),
  parameters: jsonObject.optional(),
}) satisfies z.ZodType<BatchRequest>;

/** A request with every choice made. */
export interface CheckedRequest {
  readonly runId?: string;
  readonly prefix: string;
  /** The items to take; nothing: those found under the prefix. */
  readonly items?: RequestedItem[];
  readonly parameters: JsonObject;
}

/** Refuses what does not fit the contract or the batch's configured input, and names the field. */
export function checkRequest(request: unknown, input: BatchInput): CheckedRequest {
  const parsed = batchRequest.safeParse(request);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
    throw new NamedError(ErrorName.invalidRequest, `the execution's input is not valid: ${reasons.join('; ')}`);
  }
  const { runId, prefix = input.prefix, items, parameters = {} } = parsed.data;
  requireWithin('prefix', prefix, input.prefix);
  const requested = items?.map((item) => (typeof item === 'string' ? { key: item } : item)) ?? configured(input);
  for (const [index, item] of requested?.entries() ?? []) {
    requireWithin(`items.${index}`, item.key, input.prefix);
  }
  return { runId, prefix, items: requested, parameters };
}

/** The items of the construct. A batch of given items has no prefix to fall back to. */
function configured(input: BatchInput): RequestedItem[] | undefined {
  if (input.kind === 'prefix') {
    return undefined;
  }
  if (input.keys.length === 0) {
    throw new NamedError(
      ErrorName.invalidRequest,
      'the execution\'s input is not valid: items: this batch takes its items from there, e.g. {"items": ["incoming/a.csv"]}',
    );
  }
  return input.keys.map((key) => ({ key }));
}

function requireWithin(field: string, value: string, prefix: string): void {
  if (!value.startsWith(prefix)) {
    throw new NamedError(
      ErrorName.invalidRequest,
      `the execution's input is not valid: ${field}: "${value}" is outside of this batch's prefix "${prefix}"`,
    );
  }
}
