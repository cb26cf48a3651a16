import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import { Deadline } from '../deadline';
import { Invocation, type InvokerEnvironment } from '../invoker/invoker';
import { timeLimit } from '../invoker/kept-output';
import { type StreamEvent, StreamedInvocation } from '../invoker/streaming';
import { messageOf } from '../named-error';
import { OutputWatch } from './output-watch';
import type { BackendCall, ToolBackend } from './tool-backend';

/** How long stopping a session may take, in seconds. */
const STOP_SECONDS = 15;

export interface InterpreterBackendOptions extends InvokerEnvironment {
  /** What the names of sessions begin with; the id of the request that started them follows. */
  readonly sessionPrefix: string;
}

/** The invoker's core in this process, over an interpreter and a bucket. */
export class InterpreterBackend implements ToolBackend {
  constructor(private readonly options: InterpreterBackendOptions) {}

  startSession({ requestId, deadline }: BackendCall): Promise<string> {
    const { interpreter, sessionPrefix, sessionTimeoutSeconds } = this.options;
    return interpreter.start(
      { name: `${sessionPrefix}${requestId}`, timeoutSeconds: sessionTimeoutSeconds, token: requestId },
      deadline,
    );
  }

  sessionName(sessionId: string, { deadline }: BackendCall): Promise<string> {
    return this.options.interpreter.requireReady(sessionId, deadline);
  }

  async stopSession(sessionId: string): Promise<boolean> {
    try {
      await this.options.interpreter.stop(sessionId, Deadline.inSeconds(STOP_SECONDS));
      return true;
    } catch {
      return false;
    }
  }

  async run(request: InvokerRequest, call: BackendCall): Promise<InvokerResponse> {
    const { requestId, deadline, onOutput } = call;
    const invocation = new Invocation(this.options, request, requestId, deadline);
    if (onOutput === undefined || request.background) {
      return invocation.run();
    }
    if (request.command !== undefined) {
      return this.stream(invocation, request, call);
    }
    if (request.code !== undefined && request.sessionId !== undefined && request.timeoutSeconds !== undefined) {
      const { interpreter } = this.options;
      const limit = timeLimit(request.timeoutSeconds, requestId);
      const watch = new OutputWatch({ interpreter, sessionId: request.sessionId, deadline }, limit.folder, onOutput);
      try {
        return await invocation.run();
      } finally {
        watch.stop();
      }
    }
    return invocation.run();
  }

  async keep(key: string, content: Uint8Array, contentType: string) {
    const { store, prefix } = this.options;
    const s3Key = `${prefix}${key}`;
    try {
      await store.put(s3Key, content, contentType);
      return { bucket: store.bucket, s3Key };
    } catch (error) {
      // An answer without the pointer is worth more than none; the host's log says why.
      console.error(`s3://${store.bucket}/${s3Key} could not be written: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** A command's output goes to files while it runs, so that it can be read meanwhile. */
  private async stream(
    invocation: Invocation,
    request: InvokerRequest,
    { requestId, deadline, onOutput }: BackendCall,
  ): Promise<InvokerResponse> {
    const output = { stdout: '', stderr: '' };
    const tell = async (event: StreamEvent) => {
      if (event.type === 'stdout' || event.type === 'stderr') {
        output[event.type] += event.text;
        onOutput?.({ ...output });
      }
    };
    const response = await new StreamedInvocation(invocation, request, requestId, deadline, tell).run();
    return { ...response, ...output };
  }
}
