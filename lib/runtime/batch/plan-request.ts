import * as z from 'zod/mini';
import type { BatchInput, BatchRequest, RequestedItem } from '../../contract/batch';
import { INPUT_LIMITS } from '../../contract/batch-input';
import { ErrorName } from '../../contract/errors';
import type { JsonObject } from '../../contract/json';
import { gridProblem, type ParameterGrid } from '../../contract/parameter-grid';
import { NamedError } from '../named-error';
import '../schema-messages';
import { itemParameters, jsonValue, requestedItem } from './input/listed-row';

const RUN_ID = /^[A-Za-z0-9_-]{1,80}$/;

/** The input of an execution. */
export const batchRequest = z.strictObject({
  runId: z.optional(z.string().check(z.regex(RUN_ID, 'must match [A-Za-z0-9_-]{1,80}'))),
  prefix: z.optional(z.string()),
  items: z.optional(z.array(requestedItem).check(z.minLength(1, 'must name at least one item'))),
  manifest: z.optional(z.string()),
  grid: z.optional(z.record(z.string(), z.array(jsonValue))),
  parameters: z.optional(itemParameters),
}) satisfies z.ZodMiniType<BatchRequest>;

/** A request with every choice made. */
export interface CheckedRequest {
  readonly runId?: string;
  readonly prefix: string;
  /** The items to take; nothing: those of the manifest, or those found under the prefix. */
  readonly items?: RequestedItem[];
  /** The key of the manifest to take the items from. */
  readonly manifest?: string;
  /** Without parameters: each item is run once. */
  readonly grid: ParameterGrid;
  readonly parameters: JsonObject;
}

/** Refuses what does not fit the contract or the batch's configured input, and names the field. */
export function checkRequest(request: unknown, input: BatchInput): CheckedRequest {
  const parsed = batchRequest.safeParse(request);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
    throw notValid(reasons.join('; '));
  }
  // As it was given, and not as it was checked: that copy would lack `__proto__`.
  const given = request as BatchRequest;
  checkNumbers(given, '');
  const { runId, prefix = input.prefix, grid = input.grid ?? {}, parameters = {} } = given;
  requireWithin('prefix', prefix, input.prefix);
  checkGrid(grid, parameters);
  checkParameters(parameters);
  return { runId, prefix, ...sourceOf(given, input), grid, parameters };
}

/** The items or the manifest: those of the request, or else those of the construct. */
function sourceOf(request: BatchRequest, input: BatchInput): Pick<CheckedRequest, 'items' | 'manifest'> {
  const { items, manifest } = request;
  if (items && manifest !== undefined) {
    throw notValid('manifest: the items are listed in "items" already; give one of them');
  }
  if (items) {
    const requested = items.map((item) => (typeof item === 'string' ? { key: item } : item));
    requested.forEach(({ key }, index) => {
      requireWithin(`items.${index}`, key, input.prefix);
    });
    return { items: requested };
  }
  if (manifest !== undefined) {
    requireWithin('manifest', manifest, input.prefix);
    return { manifest };
  }
  const { keys } = input;
  return { manifest: input.manifest, ...(keys.length > 0 ? { items: keys.map((key) => ({ key })) } : {}) };
}

function checkGrid(grid: ParameterGrid, parameters: JsonObject): void {
  const problem = gridProblem(grid);
  if (problem !== undefined) {
    throw notValid(`grid: ${problem}`);
  }
  const varied = Object.keys(grid).find((name) => Object.hasOwn(parameters, name));
  if (varied !== undefined) {
    throw notValid(`parameters.${varied}: the grid varies it: leave it out of one of them`);
  }
}

/** Above this, Lambda's runtime has rounded integers before they come here: nobody can tell what they were. */
function checkNumbers(value: unknown, path: string): void {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw notValid(
      `${path}: ${BigInt(value)} may have been rounded: give integers above ${Number.MAX_SAFE_INTEGER} as text, or to items in a manifest`,
    );
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      checkNumbers(member, path === '' ? name : `${path}.${name}`);
    }
  }
}

/** They travel in the input of each child execution, beside its items, and in the data of the states. */
function checkParameters(parameters: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (bytes > INPUT_LIMITS.parametersBytes) {
    throw notValid(
      `parameters: they have ${bytes} bytes as JSON, of at most ${INPUT_LIMITS.parametersBytes}: put what is long into an object of the setup`,
    );
  }
}

function requireWithin(field: string, value: string, prefix: string): void {
  if (!value.startsWith(prefix)) {
    throw notValid(`${field}: "${value}" is outside of this batch's prefix "${prefix}"`);
  }
}

function notValid(problem: string): NamedError {
  return new NamedError(ErrorName.invalidRequest, `the execution's input is not valid: ${problem}`);
}
