import type { JsonObject } from '../../../contract/json';
import type { ParameterGrid } from '../../../contract/parameter-grid';

/** One value for each parameter of a grid. */
export interface Combination {
  readonly parameters: JsonObject;
  /** For people, in an item's id: `threshold-1-method-mean`. Not unique. */
  readonly label: string;
}

/** All combinations of a grid; the last parameter varies fastest. A grid without parameters has one, which is empty. */
export function combinationsIn(grid: ParameterGrid): Combination[] {
  return Object.entries(grid)
    .reduce<JsonObject[]>(
      (before, [name, values]) => before.flatMap((head) => values.map((value) => ({ ...head, [name]: value }))),
      [{}],
    )
    .map((parameters) => ({ parameters, label: labelOf(parameters) }));
}

function labelOf(parameters: JsonObject): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}-${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('-');
}
