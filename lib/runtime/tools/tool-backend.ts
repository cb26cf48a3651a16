import type { InvokerRequest, InvokerResponse, StagedObject } from '../../contract/invoker';
import type { Deadline } from '../deadline';

/** Output so far, of code that still runs. */
export type OnOutput = (output: { readonly stdout: string; readonly stderr: string }) => void;

/** One call, as a backend sees it. */
export interface BackendCall {
  /** Unique among all calls; objects and the session's own files are named after it. */
  readonly requestId: string;
  readonly deadline: Deadline;
  /** Told now and then, where a backend can. */
  readonly onOutput?: OnOutput;
}

/** What runs the tools' requests: the invoker's core in this process, or an invoker in an account. */
export interface ToolBackend {
  startSession(call: BackendCall): Promise<string>;
  /** The name of a session. Fails with SessionLost unless it is running; undefined where the backend cannot know. */
  sessionName(sessionId: string, call: BackendCall): Promise<string | undefined>;
  /** Ends a session and what runs in it; false if that could not be done. */
  stopSession(sessionId: string): Promise<boolean>;
  run(request: InvokerRequest, call: BackendCall): Promise<InvokerResponse>;
  /** Keeps something in the staging bucket; undefined where there is none. */
  keep(
    key: string,
    content: Uint8Array,
    contentType: string,
  ): Promise<Pick<StagedObject, 'bucket' | 's3Key'> | undefined>;
}
