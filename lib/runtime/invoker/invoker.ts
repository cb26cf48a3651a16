import { ErrorName } from '../../contract/errors';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import type { Deadline } from '../deadline';
import { NamedError } from '../named-error';
import type { Interpreter } from '../session/interpreter';
import { type ToolResult, textOf } from '../session/tool-result';
import type { ObjectStore } from '../staging/object-store';
import { AnswerFitter, answerBlock } from './answer';
import { askTask, startTask } from './background';
import { Inputs } from './inputs';
import { type Streams, timeLimit } from './kept-output';
import { Outputs } from './outputs';
import { SessionLease } from './session-lease';
import { performInTime, type TimedResult } from './timed-work';
import { type SessionAccess, staging } from './transfer';
import { perform, type Work, workOf } from './work';

export interface InvokerEnvironment {
  readonly interpreter: Interpreter;
  readonly store: ObjectStore;
  /** Where the invoker's own objects are in the bucket. */
  readonly prefix: string;
  readonly sessionTimeoutSeconds: number;
}

/** What an answer says beside its session. */
export type Answer = Omit<InvokerResponse, 'sessionId' | 'sessionEnded'>;

/** One call of the invoker: a session, files in, something executed, files out, and the session's end. */
export class Invocation {
  constructor(
    private readonly env: InvokerEnvironment,
    private readonly request: InvokerRequest,
    private readonly requestId: string,
    private readonly deadline: Deadline,
  ) {}

  async run(): Promise<InvokerResponse> {
    const { request } = this;
    if (request.task) {
      return this.fit(await this.aboutTask(request.task));
    }
    const { work, inputs, lease } = await this.prepare();
    const answer = await lease.use((access) =>
      request.background
        ? this.inBackground(access, work, inputs, lease)
        : this.inForeground(access, work, inputs, lease),
    );
    // Before the answer is made to fit, which takes time: nothing is wanted of the session any more.
    const sessionEnded = await lease.finish();
    return this.fit({ sessionId: lease.sessionId, sessionEnded, ...answer });
  }

  /** Everything that can be found wrong before a session costs anything. */
  async prepare(): Promise<{ work: Work; inputs: Inputs; lease: SessionLease }> {
    const { env, request } = this;
    const work = await workOf(request, env.store, env.prefix);
    if (work === undefined) {
      throw new NamedError(ErrorName.invalidRequest, 'the request is not valid: it names nothing to execute');
    }
    const inputs = await Inputs.of(request, env.store, env.prefix);
    return { work, inputs, lease: await this.lease() };
  }

  lease(): Promise<SessionLease> {
    return SessionLease.open(this.request, { ...this.env, requestId: this.requestId, deadline: this.deadline });
  }

  async collect(access: SessionAccess): Promise<Answer['files']> {
    try {
      return await new Outputs(access, this.env.store, this.ownPrefix).collect(this.request);
    } catch (error) {
      // The code has run: no name may say that another try is safe.
      const unsafe = error instanceof NamedError && error.name === ErrorName.serviceUnavailable;
      throw unsafe ? staging(`after the code had run: ${error.message}`, error) : error;
    }
  }

  fit(answer: InvokerResponse): Promise<InvokerResponse> {
    return new AnswerFitter(this.env.store, this.ownPrefix, this.request.maxAnswerBytes).fit(answer);
  }

  private get ownPrefix(): string {
    return `${this.env.prefix}${this.requestId}/`;
  }

  private async inForeground(access: SessionAccess, work: Work, inputs: Inputs, lease: SessionLease): Promise<Answer> {
    await inputs.write(access);
    lease.enter('executing');
    const { result, kept } = await this.perform(access, work);
    if (result === undefined) {
      await lease.stop();
      return timedOutAnswer(this.request.timeoutSeconds, kept);
    }
    lease.enter('collecting');
    const { contentBlocks = true } = this.request;
    return { ...resultAnswer(result, contentBlocks), files: await this.collect(access) };
  }

  private perform(access: SessionAccess, work: Work): Promise<TimedResult> {
    const { timeoutSeconds, environment } = this.request;
    return timeoutSeconds === undefined
      ? perform(work, access, { environment }).then((result) => ({ result }))
      : performInTime(work, access, environment, timeLimit(timeoutSeconds, this.requestId));
  }

  private async inBackground(access: SessionAccess, work: Work, inputs: Inputs, lease: SessionLease): Promise<Answer> {
    await inputs.write(access);
    lease.enter('starting');
    const id = await startTask(access, work, this.requestId, this.request.environment);
    const task = { id, status: 'submitted', stdoutNext: 0, stderrNext: 0, more: false };
    return { outcome: 'running', isError: false, stdout: '', stderr: '', content: [], files: [], task };
  }

  /** A failure to ask leaves the session as it is: the task in it may be hours old. */
  private async aboutTask(task: NonNullable<InvokerRequest['task']>): Promise<InvokerResponse> {
    const lease = await SessionLease.open(
      { ...this.request, endSession: false },
      { ...this.env, requestId: this.requestId, deadline: this.deadline },
    );
    lease.enter('asking');
    const answer = await lease.use(async (access) => {
      const report = await askTask(access, task);
      return { ...report, content: [], files: report.outcome === 'running' ? [] : await this.collect(access) };
    });
    const ends = this.request.endSession === true && answer.outcome !== 'running';
    return { sessionId: lease.sessionId, sessionEnded: ends && (await lease.stop()), ...answer };
  }
}

function resultAnswer(result: ToolResult, contentBlocks: boolean): Omit<Answer, 'files'> {
  return {
    outcome: result.isError ? 'failed' : 'succeeded',
    isError: result.isError,
    // Some tools answer in their text blocks alone.
    stdout: result.stdout || (result.stderr === '' ? textOf(result) : ''),
    stderr: result.stderr,
    exitCode: result.exitCode,
    executionTime: result.executionTime,
    content: contentBlocks ? result.content.map(answerBlock) : [],
  };
}

/** @param kept what was printed until then, if that could be had */
function timedOutAnswer(seconds: number | undefined, kept: Streams | undefined): Answer {
  const { stdout = '', stderr: printed = '' } = kept ?? {};
  const lost = kept ? '' : '; what it printed could not be had';
  const note = `ran longer than its timeout of ${seconds} seconds; its session has been stopped${lost}`;
  const stderr = printed === '' ? note : `${printed}\n${note}`;
  return { outcome: 'timedOut', isError: true, stdout, stderr, content: [], files: [] };
}
