import { AGENT_DATA_FOLDER, type AgentInputFile } from '../../contract/agent';
import type { InvokerRequest } from '../../contract/invoker';
import { Deadline } from '../deadline';
import { Inputs } from '../invoker/inputs';
import type { InvokerEnvironment } from '../invoker/invoker';
import type { BackendCall, ToolBackend } from '../tools/tool-backend';

/** How long an upload may take, in seconds, whatever else the prompt's time is for. */
const WRITE_SECONDS = 300;

/**
 * A backend whose sessions have the user's data from their start: the objects under the data prefix, and the files that
 * came with the prompts of the conversation. A session that replaces another gets them again.
 */
export class SessionsWithData implements ToolBackend {
  private readonly files = new Map<string, AgentInputFile>();

  constructor(
    private readonly backend: ToolBackend,
    private readonly environment: InvokerEnvironment,
    private readonly dataPrefix: string | undefined,
  ) {}

  /** The paths of the files that came with prompts. */
  get paths(): string[] {
    return [...this.files.keys()];
  }

  /** Adds files, to a session that runs as well. */
  async add(files: readonly AgentInputFile[], sessionId: string | undefined, deadline: Deadline): Promise<void> {
    for (const file of files) {
      this.files.set(file.path, file);
    }
    if (sessionId !== undefined && files.length > 0) {
      await this.write(sessionId, { files }, '', deadline);
    }
  }

  async startSession(call: BackendCall): Promise<string> {
    const sessionId = await this.backend.startSession(call);
    try {
      const { dataPrefix } = this;
      if (dataPrefix !== undefined) {
        const files = [{ path: AGENT_DATA_FOLDER, s3Prefix: dataPrefix }];
        await this.write(sessionId, { files }, dataPrefix, call.deadline);
      }
      if (this.files.size > 0) {
        await this.write(sessionId, { files: [...this.files.values()] }, '', call.deadline);
      }
      return sessionId;
    } catch (error) {
      // Without its data, a session would give wrong answers.
      await this.backend.stopSession(sessionId);
      throw error;
    }
  }

  sessionName(sessionId: string, call: BackendCall) {
    return this.backend.sessionName(sessionId, call);
  }

  stopSession(sessionId: string) {
    return this.backend.stopSession(sessionId);
  }

  run(request: InvokerRequest, call: BackendCall) {
    return this.backend.run(request, call);
  }

  keep(key: string, content: Uint8Array, contentType: string) {
    return this.backend.keep(key, content, contentType);
  }

  private async write(sessionId: string, request: InvokerRequest, prefix: string, deadline: Deadline): Promise<void> {
    const { store, interpreter } = this.environment;
    const inputs = await Inputs.of(request, store, prefix);
    const limited = Deadline.inSeconds(Math.min(WRITE_SECONDS, deadline.secondsLeft));
    await inputs.write({ interpreter, sessionId, deadline: limited, signal: limited.signal });
  }
}
