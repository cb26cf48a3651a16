import * as z from 'zod/mini';
import type { RequestedItem } from '../../../contract/batch';
import { ErrorName } from '../../../contract/errors';
import type { JsonObject } from '../../../contract/json';
import { NamedError } from '../../named-error';

/** An item of a list. */
export interface ListedRow extends RequestedItem {
  /** Where it stands, for a message: `incoming/list.csv, line 4`. */
  readonly where: string;
}

/** Any value that JSON can express. */
export const jsonValue = z.json();

/** Parameters of a script, as JSON. */
export const itemParameters = z.record(z.string(), jsonValue);

const key = z.string().check(z.minLength(1));

/** An item as JSON has it: its key, or its key with parameters of its own. */
export const requestedItem = z.union([key, z.strictObject({ key, parameters: z.optional(itemParameters) })]);

/** The row of a JSON value. */
export function rowOf(value: unknown, where: string): ListedRow {
  const { success, data } = requestedItem.safeParse(value);
  if (!success) {
    throw invalid(
      where,
      `an item must be a key, or {"key": "incoming/a.csv", "parameters": {...}}; got ${excerpt(JSON.stringify(value))}`,
    );
  }
  if (typeof data === 'string') {
    return { key: data, where };
  }
  // As they were read, and not as they were checked: that copy would lack `__proto__`.
  const { parameters } = value as { parameters?: JsonObject };
  return { key: data.key, ...(parameters ? { parameters } : {}), where };
}

/** Ends the execution: something in a list is wrong. */
export function invalid(where: string, problem: string, cause?: unknown): NamedError {
  return new NamedError(ErrorName.invalidInput, `${where}: ${problem}`, { cause });
}

const MAX_EXCERPT_CHARACTERS = 200;

export function excerpt(text: string): string {
  return text.length > MAX_EXCERPT_CHARACTERS ? `${text.slice(0, MAX_EXCERPT_CHARACTERS)}...` : text;
}
