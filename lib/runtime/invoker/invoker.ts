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
import {
  COMMAND_ANSWER_SECONDS,
  endedByTimeout,
  readKept,
  type Streams,
  type TimeLimit,
  timeLimit,
} from './kept-output';
import { Outputs } from './outputs';
import { SessionLease, unlessAborted } from './session-lease';
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

/** The result of what was executed, or, where its time ran out, what it printed until then, if that could be had. */
interface Performed {
  readonly result?: ToolResult;
  readonly kept?: Streams;
}

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
      request.background ? this.inBackground(access, work, inputs) : this.inForeground(access, work, inputs, lease),
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
    const limit = this.limit();
    const { result, kept } = limit ? await this.performInTime(access, work, limit) : await this.perform(access, work);
    if (result === undefined) {
      await lease.stop();
      return timedOutAnswer(this.request.timeoutSeconds, kept);
    }
    const { contentBlocks = true } = this.request;
    return { ...resultAnswer(result, contentBlocks), files: await this.collect(access) };
  }

  private limit(): TimeLimit | undefined {
    const { timeoutSeconds } = this.request;
    return timeoutSeconds === undefined ? undefined : timeLimit(timeoutSeconds, this.requestId);
  }

  private async perform(access: SessionAccess, work: Work, limit?: TimeLimit): Promise<Performed> {
    return { result: await perform(work, access, { environment: this.request.environment, limit }) };
  }

  /** The result, or what was printed if it did not come in the time that the request gives. */
  private async performInTime(access: SessionAccess, work: Work, limit: TimeLimit): Promise<Performed> {
    const timeUp = new AbortController();
    const began = Date.now();
    const timer = setTimeout(() => timeUp.abort(), patience(work, limit, access.deadline) * 1000);
    const signal = AbortSignal.any([access.signal, timeUp.signal]);
    try {
      const performing = this.perform({ ...access, signal }, work, limit);
      const { result } = await unlessAborted(performing, timeUp.signal, () => new Error('the time is up'));
      const late = work.kind === 'command' && endedByTimeout(result?.exitCode, (Date.now() - began) / 1000, limit);
      return late ? { kept: result } : { result };
    } catch (error) {
      if (timeUp.signal.aborted) {
        return { kept: work.kind === 'code' ? await readKept(access, limit) : undefined };
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async inBackground(access: SessionAccess, work: Work, inputs: Inputs): Promise<Answer> {
    await inputs.write(access);
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

/** How long a result is waited for, in seconds: that of a command comes when it has been told to end. */
function patience(work: Work, { seconds }: TimeLimit, deadline: Deadline): number {
  const grace = work.kind === 'command' ? COMMAND_ANSWER_SECONDS : 0;
  return Math.max(seconds, Math.min(seconds + grace, deadline.secondsLeft - 1));
}

/** @param kept what was printed until then, if that could be had */
function timedOutAnswer(seconds: number | undefined, kept: Streams | undefined): Answer {
  const { stdout = '', stderr: printed = '' } = kept ?? {};
  const lost = kept ? '' : '; what it printed could not be had';
  const note = `ran longer than its timeout of ${seconds} seconds; its session has been stopped${lost}`;
  const stderr = printed === '' ? note : `${printed}\n${note}`;
  return { outcome: 'timedOut', isError: true, stdout, stderr, content: [], files: [] };
}
