import type { JsonValue } from './json';

/** Parameters and the values that each of them takes. */
export interface ParameterGrid {
  readonly [name: string]: readonly JsonValue[];
}

/** How large a grid may be. */
export const GRID_LIMITS = {
  /** Combinations, so runs of each item. */
  combinations: 1_000,
  /** The longest name of a parameter, in characters. */
  nameLength: 64,
} as const;

/** The problem of a grid, and what would be valid; undefined if there is none. */
export function gridProblem(grid: { readonly [name: string]: unknown }): string | undefined {
  for (const [name, values] of Object.entries(grid)) {
    const problem = axisProblem(name, values);
    if (problem !== undefined) {
      return problem;
    }
  }
  const combinations = combinationsOf(grid as ParameterGrid);
  return combinations > GRID_LIMITS.combinations
    ? `it has ${combinations} combinations of ${Object.keys(grid).join(', ')}; at most ${GRID_LIMITS.combinations} may be run on each item`
    : undefined;
}

/** How many times each item is run. */
export function combinationsOf(grid: ParameterGrid): number {
  return Object.values(grid).reduce((product, values) => product * values.length, 1);
}

function axisProblem(name: string, values: unknown): string | undefined {
  if (name === '' || name.length > GRID_LIMITS.nameLength) {
    return `the name of a parameter must be 1 to ${GRID_LIMITS.nameLength} characters; got "${name}"`;
  }
  if (!Array.isArray(values) || values.length === 0) {
    return `"${name}" must be an array of at least one value, such as [1, 2]; got ${JSON.stringify(values)}`;
  }
  const seen = new Set<string>();
  for (const value of values) {
    const text = textOf(value);
    if (text === undefined) {
      return `the values of "${name}" must be what JSON can hold; got ${String(value)}`;
    }
    if (seen.has(text)) {
      return `the values of "${name}" must differ; got ${text} twice`;
    }
    seen.add(text);
  }
  return undefined;
}

/** As JSON; nothing for what JSON cannot hold, such as a function or NaN. */
function textOf(value: unknown): string | undefined {
  const unknownToJson = typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value));
  return unknownToJson ? undefined : JSON.stringify(value);
}
