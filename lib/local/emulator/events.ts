/** What happens in the emulator, as it happens. `at` is ISO 8601, UTC. */
export type EmulatorEvent = { readonly at: string } & EmulatorEventBody;

export type EmulatorEventBody =
  | {
      readonly type: 'sessionStarted';
      readonly sessionId: string;
      readonly interpreterId: string;
      readonly name?: string;
      readonly fromPool: boolean;
    }
  | { readonly type: 'sessionEnded'; readonly sessionId: string; readonly cause: SessionEnd; readonly detail?: string }
  | ({ readonly type: 'request' } & RequestRecord)
  | { readonly type: 'invocation'; readonly invocation: InvocationRecord };

/** Why a session ended. */
export type SessionEnd = 'stopped' | 'timedOut' | 'died' | 'shutdown';

/** One HTTP request and how it was answered. */
export interface RequestRecord {
  /** e.g. `InvokeCodeInterpreter`; `Unknown` when no operation fits. */
  readonly operation: string;
  readonly status: number;
  /** The error's name, e.g. `ThrottlingException`. */
  readonly error?: string;
  readonly milliseconds: number;
  readonly sessionId?: string;
  /** The kind of the injected fault that hit it. */
  readonly fault?: string;
}

/** One tool call in a session, for tests to assert on. */
export interface InvocationRecord {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly sessionId: string;
  readonly tool: string;
  /** The arguments, with long texts cut and blobs replaced by their length. */
  readonly arguments: Record<string, unknown>;
  readonly isError: boolean;
  readonly exitCode?: number;
  /** The beginning of what was printed, at most 2,000 characters each. */
  readonly stdout?: string;
  readonly stderr?: string;
  readonly milliseconds: number;
  /** Set when the call was answered with an error instead of a result. */
  readonly error?: string;
}
