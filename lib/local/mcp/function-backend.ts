import { ErrorName } from '../../contract/errors';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import { messageOf, NamedError, nameOf } from '../../runtime/named-error';
import type { BackendCall, ToolBackend } from '../../runtime/tools/tool-backend';
import type { ExecTarget } from '../exec/exec-target';

/** A shell command that does nothing: the invoker starts and ends sessions only around something. */
const NOTHING = ':';
const NAMES: readonly string[] = Object.values(ErrorName);

/** An invoker's Lambda in an account. It answers once, so that there is no output before the end. */
export class FunctionBackend implements ToolBackend {
  constructor(
    private readonly invoker: Pick<ExecTarget, 'invoke'>,
    private readonly sessionTimeoutSeconds: number,
  ) {}

  async startSession(): Promise<string> {
    const { sessionTimeoutSeconds } = this;
    return (await this.invoke({ command: NOTHING, endSession: false, sessionTimeoutSeconds })).sessionId;
  }

  /** An invoker tells no names: a session that is over fails the call that uses it. */
  async sessionName(): Promise<undefined> {}

  async stopSession(sessionId: string): Promise<boolean> {
    try {
      return (await this.invoke({ command: NOTHING, sessionId, endSession: true })).sessionEnded;
    } catch (error) {
      return nameOf(error) === ErrorName.sessionLost;
    }
  }

  run(request: InvokerRequest, _call: BackendCall): Promise<InvokerResponse> {
    return this.invoke(request);
  }

  /** What is too large for an answer of the invoker is in its bucket already; for the rest this process has no bucket. */
  async keep(): Promise<undefined> {}

  private async invoke(request: InvokerRequest): Promise<InvokerResponse> {
    try {
      return await this.invoker.invoke(request);
    } catch (error) {
      const name = nameOf(error);
      throw NAMES.includes(name) ? new NamedError(name as ErrorName, messageOf(error), { cause: error }) : error;
    }
  }
}
