import type { AgentLimits } from '../../contract/agent';

/** A call that the model asks for. */
export interface RequestedCall {
  readonly name: string;
  readonly input: unknown;
}

/** Asking for these again is how their work is followed. */
const REPEATABLE: readonly string[] = ['get_task', 'list_files'];

/** Decides which calls of one prompt are carried out: a model that goes astray costs a bounded amount. */
export class CallBudget {
  /** Calls that were carried out. */
  calls = 0;
  /** Whether the model goes on calling though it was told in an earlier turn that the limit is reached. */
  isExhausted = false;
  private turn = 0;
  private limitToldInTurn: number | undefined;
  private previous: string | undefined;
  private lastWasRefused = false;

  constructor(
    private readonly limits: Pick<AgentLimits, 'toolCalls'>,
    private readonly tools: readonly string[],
  ) {}

  /** The model is asked for its next calls. */
  beginTurn(): void {
    this.turn++;
  }

  /** What the model is told instead of an answer; nothing if the call is to be carried out. */
  refuse(call: RequestedCall): string | undefined {
    const refusal = this.reasonToRefuse(call);
    this.lastWasRefused = refusal !== undefined;
    return refusal;
  }

  /** The call that was let through last has failed, so that it may be tried again. */
  failed(): void {
    if (!this.lastWasRefused) {
      this.previous = undefined;
    }
  }

  private reasonToRefuse({ name, input }: RequestedCall): string | undefined {
    const { toolCalls } = this.limits;
    if (this.calls >= toolCalls) {
      this.limitToldInTurn ??= this.turn;
      this.isExhausted = this.limitToldInTurn < this.turn;
      return `The limit of ${toolCalls} tool calls is reached. Answer now with what is known so far, without another call.`;
    }
    this.calls++;
    if (!this.tools.includes(name)) {
      return `There is no tool "${name.slice(0, 100)}". The tools are: ${this.tools.join(', ')}.`;
    }
    const call = JSON.stringify([name, input]);
    if (call === this.previous && !REPEATABLE.includes(name)) {
      return 'This is the same call as the one before it, so it was not carried out again. Use its answer, or change the call.';
    }
    this.previous = call;
    return undefined;
  }
}
