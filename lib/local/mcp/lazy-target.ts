import type { Readable } from 'node:stream';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import type { BackendCall, ToolBackend } from '../../runtime/tools/tool-backend';
import type { ToolTarget } from './tool-target';

/**
 * A target that is opened by the first call that needs it: a host is answered at once what tools there are, though a Python
 * environment may have to be made first.
 */
export class LazyTarget implements ToolBackend {
  private opened: Promise<ToolTarget> | undefined;

  constructor(private readonly openTarget: () => Promise<ToolTarget>) {}

  async startSession(call: BackendCall): Promise<string> {
    return (await this.target()).backend.startSession(call);
  }

  async sessionName(sessionId: string, call: BackendCall): Promise<string | undefined> {
    return (await this.target()).backend.sessionName(sessionId, call);
  }

  async stopSession(sessionId: string): Promise<boolean> {
    return (await this.target()).backend.stopSession(sessionId);
  }

  async run(request: InvokerRequest, call: BackendCall): Promise<InvokerResponse> {
    return (await this.target()).backend.run(request, call);
  }

  async keep(key: string, content: Uint8Array, contentType: string) {
    return (await this.target()).backend.keep(key, content, contentType);
  }

  async open(bucket: string, key: string): Promise<Readable> {
    return (await this.target()).open(bucket, key);
  }

  async close(): Promise<void> {
    const target = await this.opened?.catch(() => undefined);
    await target?.close();
  }

  private target(): Promise<ToolTarget> {
    if (this.opened === undefined) {
      const opening = this.openTarget();
      this.opened = opening;
      // The next call tries again.
      opening.catch(() => {
        this.opened = undefined;
      });
    }
    return this.opened;
  }
}
