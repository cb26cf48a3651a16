import { ErrorName } from '../../contract/errors';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import type { Deadline } from '../deadline';
import { NamedError } from '../named-error';
import type { Interpreter } from '../session/interpreter';
import { type ToolResult, textOf } from '../session/tool-result';
import type { ObjectStore } from '../staging/object-store';
import { AnswerFitter, answerBlock } from './answer';
import { askTask, startTask } from './background';
import type { Figures } from './figures';
import { Inputs } from './inputs';
import { type Streams, timeLimit } from './kept-output';
import { Outputs } from './outputs';
import { withScriptAsCommand } from './script-file';
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

/** A request that can work, and the session for it. */
interface Prepared {
  readonly work: Work;
  readonly inputs: Inputs;
  readonly lease: SessionLease;
  /** Of a script in Python. */
  readonly figures?: Figures;
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
    const prepared = await this.prepare();
    const { lease } = prepared;
    const answer = await lease.use((access) =>
      request.background ? this.inBackground(access, prepared) : this.inForeground(access, prepared),
    );
    // Before the answer is made to fit, which takes time: nothing is wanted of the session any more.
    const sessionEnded = await lease.finish();
    return this.fit({ sessionId: lease.sessionId, sessionEnded, ...answer });
  }

  /** Everything that can be found wrong before a session costs anything. */
  async prepare(): Promise<Prepared> {
    const { env } = this;
    const { request, figures } = await withScriptAsCommand(this.request, env, this.requestId);
    const work = workOf(request);
    if (work === undefined) {
      throw new NamedError(ErrorName.invalidRequest, 'the request is not valid: it names nothing to execute');
    }
    const inputs = await Inputs.of(request, env.store, env.prefix);
    return { work, inputs, figures, lease: await this.lease() };
  }

  lease(): Promise<SessionLease> {
    return SessionLease.open(this.request, { ...this.env, requestId: this.requestId, deadline: this.deadline });
  }

  collect(access: SessionAccess): Promise<Answer['files']> {
    return afterwards(new Outputs(access, this.env.store, this.ownPrefix).collect(this.request));
  }

  /** The figures of a script, as content blocks. */
  async shown(access: SessionAccess, figures: Figures | undefined): Promise<Answer['content']> {
    return figures && this.wantsContent ? (await afterwards(figures.collect(access))).map(answerBlock) : [];
  }

  private get wantsContent(): boolean {
    return this.request.contentBlocks ?? true;
  }

  fit(answer: InvokerResponse): Promise<InvokerResponse> {
    return new AnswerFitter(this.env.store, this.ownPrefix, this.request.maxAnswerBytes).fit(answer);
  }

  private get ownPrefix(): string {
    return `${this.env.prefix}${this.requestId}/`;
  }

  private async inForeground(access: SessionAccess, { work, inputs, figures, lease }: Prepared): Promise<Answer> {
    await inputs.write(access);
    lease.enter('executing');
    const { result, kept } = await this.perform(access, work);
    if (result === undefined) {
      await lease.stop();
      return timedOutAnswer(this.request.timeoutSeconds, kept);
    }
    lease.enter('collecting');
    const answer = resultAnswer(result, this.wantsContent);
    const content = [...answer.content, ...(await this.shown(access, figures))];
    return { ...answer, content, files: await this.collect(access) };
  }

  private perform(access: SessionAccess, work: Work): Promise<TimedResult> {
    const { timeoutSeconds, environment } = this.request;
    return timeoutSeconds === undefined
      ? perform(work, access, { environment }).then((result) => ({ result }))
      : performInTime(work, access, environment, timeLimit(timeoutSeconds, this.requestId));
  }

  private async inBackground(access: SessionAccess, { work, inputs, lease }: Prepared): Promise<Answer> {
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

/** What is done once the code has run: no name of an error may say that another try is safe. */
async function afterwards<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const unsafe = error instanceof NamedError && error.name === ErrorName.serviceUnavailable;
    throw unsafe ? staging(`after the code had run: ${error.message}`, error) : error;
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
