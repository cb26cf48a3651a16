import type { ToolName } from '../../contract/service';
import type { OperationName } from './routes';
import { seededRandom } from './seeded-random';

/**
 * - `throttle`: a ThrottlingException; nothing is done.
 * - `serverError`: an InternalServerException; nothing is done.
 * - `cutStream`: the work is done, and the connection ends in the middle of the answer's event. InvokeCodeInterpreter only.
 * - `killSession`: the session's processes are killed while the tool runs. InvokeCodeInterpreter only.
 * - `slow`: the answer comes so much later.
 */
export type FaultKind = 'throttle' | 'serverError' | 'cutStream' | 'killSession' | 'slow';

/** Which requests a fault hits. Of several rules that hit a request, the first counts. */
export interface FaultRule {
  readonly kind: FaultKind;
  /** Default: every operation that the kind can hit. */
  readonly operation?: OperationName;
  /** Only invocations of this tool. */
  readonly tool?: ToolName;
  /** The share of these requests that is hit, 0 to 1. Default: 1. */
  readonly share?: number;
  /** The largest number of hits. Default: no limit. */
  readonly times?: number;
  /** For `slow`: by how much. Default: 1,000. */
  readonly milliseconds?: number;
}

export interface Fault {
  readonly kind: FaultKind;
  readonly milliseconds: number;
}

const INVOKE_ONLY: readonly FaultKind[] = ['cutStream', 'killSession'];

/** Decides by rules and a seed which requests are hit. */
export class Faults {
  readonly #rules: { readonly rule: FaultRule; left: number }[];
  readonly #random: () => number;

  constructor(rules: readonly FaultRule[], seed: number) {
    for (const rule of rules) {
      checkRule(rule);
    }
    this.#rules = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
    this.#random = seededRandom(seed);
  }

  /** The fault that hits this request, if any. */
  draw(operation: OperationName, tool: string | undefined): Fault | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (entry.left > 0 && matches(rule, operation, tool) && this.#random() < (rule.share ?? 1)) {
        entry.left -= 1;
        return { kind: rule.kind, milliseconds: rule.milliseconds ?? 1_000 };
      }
    }
    return undefined;
  }
}

function matches(rule: FaultRule, operation: OperationName, tool: string | undefined): boolean {
  if (INVOKE_ONLY.includes(rule.kind) && operation !== 'InvokeCodeInterpreter') {
    return false;
  }
  return (
    (rule.operation === undefined || rule.operation === operation) && (rule.tool === undefined || rule.tool === tool)
  );
}

function checkRule({ kind, operation, share = 1 }: FaultRule): void {
  if (share < 0 || share > 1) {
    throw new Error(`The share of a fault must be from 0 to 1, not ${share}`);
  }
  if (INVOKE_ONLY.includes(kind) && operation !== undefined && operation !== 'InvokeCodeInterpreter') {
    throw new Error(`The fault ${kind} hits InvokeCodeInterpreter only, not ${operation}`);
  }
}
