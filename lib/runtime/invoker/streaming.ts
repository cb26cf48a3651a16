import type { Writable } from 'node:stream';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import type { Deadline } from '../deadline';
import { askTask, startTask, type TaskReport } from './background';
import type { Invocation } from './invoker';
import { invalidRequest } from './invoker-request';
import type { SessionLease } from './session-lease';
import type { SessionAccess } from './transfer';

/** How long there is between two looks at the output: at first, and at most, in milliseconds. */
const PAUSE_MS = { first: 200, most: 2_000 } as const;

/** A line of the stream: output as it comes, then the result or an error. */
export type StreamEvent =
  | { readonly type: 'started'; readonly sessionId: string }
  | { readonly type: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'result'; readonly answer: InvokerResponse }
  | { readonly type: 'error'; readonly name: string; readonly message: string };

export type Tell = (event: StreamEvent) => Promise<void>;

/** What streams: code, commands and scripts that are waited for. */
export function checkStreamable(request: InvokerRequest): InvokerRequest {
  for (const field of ['tool', 'task', 'background'] as const) {
    if (request[field]) {
      throw invalidRequest(`${field}: does not stream; call the Lambda itself`);
    }
  }
  return request;
}

/**
 * Runs something as a command in the background, and tells what it prints as it comes. The service itself answers once,
 * at the end; so the output goes to files in the session, which are looked at again and again.
 */
export class StreamedInvocation {
  constructor(
    private readonly invocation: Invocation,
    private readonly request: InvokerRequest,
    private readonly requestId: string,
    private readonly deadline: Deadline,
    private readonly tell: Tell,
  ) {}

  async run(): Promise<InvokerResponse> {
    const { work, inputs, figures, lease } = await this.invocation.prepare();
    const answer = await lease.use(async (access) => {
      await this.tell({ type: 'started', sessionId: lease.sessionId });
      await inputs.write(access);
      lease.enter('executing');
      const id = await startTask(access, work, this.requestId, this.request.environment);
      const report = await this.follow(access, id, lease);
      lease.enter('collecting');
      // A session that has been stopped has no files any more.
      if (report.outcome === 'timedOut') {
        return { ...report, stdout: '', stderr: '', content: [], files: [] };
      }
      const content = await this.invocation.shown(access, figures);
      return { ...report, stdout: '', stderr: '', content, files: await this.invocation.collect(access) };
    });
    const sessionEnded = await lease.finish();
    return this.invocation.fit({ sessionId: lease.sessionId, sessionEnded, ...answer });
  }

  /** What it prints is told until it has ended and nothing is left to tell. */
  private async follow(access: SessionAccess, id: string, lease: SessionLease): Promise<TaskReport> {
    const { timeoutSeconds = Number.POSITIVE_INFINITY } = this.request;
    const endsAt = Date.now() + timeoutSeconds * 1000;
    let from = { stdoutFrom: 0, stderrFrom: 0 };
    let pause: number = PAUSE_MS.first;
    for (;;) {
      const report = await askTask(access, { id, ...from });
      await this.tellOutput(report);
      const { stdoutNext, stderrNext, more } = report.task;
      const idle = stdoutNext === from.stdoutFrom && stderrNext === from.stderrFrom;
      from = { stdoutFrom: stdoutNext, stderrFrom: stderrNext };
      if (report.outcome !== 'running' && !more) {
        return report;
      }
      if (Date.now() >= endsAt) {
        await lease.stop();
        return { ...report, outcome: 'timedOut', isError: true };
      }
      if (this.deadline.secondsLeft === 0) {
        throw lease.late();
      }
      pause = idle ? Math.min(pause * 1.5, PAUSE_MS.most) : PAUSE_MS.first;
      await new Promise((resolve) => setTimeout(resolve, more ? 0 : Math.min(pause, endsAt - Date.now())));
    }
  }

  private async tellOutput({ stdout, stderr }: TaskReport): Promise<void> {
    if (stdout !== '') {
      await this.tell({ type: 'stdout', text: stdout });
    }
    if (stderr !== '') {
      await this.tell({ type: 'stderr', text: stderr });
    }
  }
}

/** Writes events as lines of JSON, no faster than they are taken. What goes wrong is told by the write it goes wrong in. */
export function linesInto(stream: Writable): Tell {
  // Unheard, a caller that goes away would end the Lambda, and leave the session running.
  stream.on('error', () => {});
  return (event) =>
    new Promise((resolve, reject) => {
      stream.write(`${JSON.stringify(event)}\n`, (error) => (error ? reject(error) : resolve()));
    });
}
