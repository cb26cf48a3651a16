import { randomUUID } from 'node:crypto';
import {
  AfterToolCallEvent,
  Agent,
  BeforeModelCallEvent,
  BeforeToolCallEvent,
  type Message,
  type Model,
  ToolStreamEvent,
} from '@strands-agents/sdk';
import {
  AGENT_DATA_FOLDER,
  type AgentAnswer,
  type AgentEvent,
  type AgentFile,
  type AgentRequest,
  type AgentSettings,
  type AgentStop,
  agentSessionPrefix,
} from '../../contract/agent';
import { CODE_TOOL_NAMES } from '../../contract/code-tools';
import { Deadline } from '../deadline';
import { URL_SECONDS } from '../invoker/inputs';
import type { InvokerEnvironment } from '../invoker/invoker';
import { CODE_TOOLS } from '../tools/code-tools';
import { InterpreterBackend } from '../tools/interpreter-backend';
import type { AnswerPlaces, ToolAnswer } from '../tools/tool-answer';
import type { BackendCall } from '../tools/tool-backend';
import { ToolExecutor } from '../tools/tool-executor';
import { ConversationSession } from '../tools/tool-sessions';
import { CallBudget } from './call-budget';
import { StrandsCodeTool, type ToolReport } from './code-tool';
import { RequestError } from './request-error';
import { SessionsWithData } from './session-data';

/** The conversation ends its session itself. */
const TOOLS = CODE_TOOL_NAMES.filter((name) => name !== 'stop_session');

const INSTRUCTIONS =
  'You are a data analyst. Answer with numbers that code has computed, never with guesses: write Python, run it with ' +
  'execute_python, check what it prints, and correct it where it fails. Save charts to files and name them in "outputs". ' +
  'At the end, answer the question in a few sentences and say how the numbers were computed.';

export interface ConversationOptions {
  readonly settings: AgentSettings;
  readonly environment: InvokerEnvironment;
  readonly model: Model;
}

/** What is under way for one prompt. */
interface Turn {
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  readonly budget: CallBudget;
  readonly files: AgentFile[];
  /** Calls that have begun, so that none outlives its prompt. */
  readonly calls: Set<Promise<unknown>>;
  emit(event: AgentEvent): void;
}

/** Prompts that share their history and one code interpreter session. */
export class Conversation {
  private readonly agent: Agent;
  private readonly data: SessionsWithData;
  private readonly session: ConversationSession;
  private readonly executor: ToolExecutor;
  private turn: Turn | undefined;

  constructor(private readonly options: ConversationOptions) {
    const { settings, environment, model } = options;
    const backend = new InterpreterBackend({ ...environment, sessionPrefix: agentSessionPrefix(settings.name) });
    this.data = new SessionsWithData(backend, environment, settings.dataPrefix);
    this.session = new ConversationSession(this.data);
    this.executor = new ToolExecutor({
      backend: this.data,
      sessions: this.session,
      naming: 'implicit',
      allowed: TOOLS,
      places: (call) => this.places(call),
    });
    const allowed: readonly string[] = TOOLS;
    this.agent = new Agent({
      model,
      systemPrompt: instructions(settings),
      tools: CODE_TOOLS.filter(({ name }) => allowed.includes(name)).map(
        (tool) => new StrandsCodeTool(tool, (name, input, onOutput) => this.call(name, input, onOutput)),
      ),
      // One session has one place for files and variables.
      toolExecutor: 'sequential',
      printer: false,
    });
    this.agent.addHook(BeforeModelCallEvent, () => this.turn?.budget.beginTurn());
    this.agent.addHook(BeforeToolCallEvent, (event) => this.admit(event));
    this.agent.addHook(AfterToolCallEvent, ({ result }) => {
      if (result.status === 'error') {
        this.turn?.budget.failed();
      }
    });
  }

  get isBusy(): boolean {
    return this.turn !== undefined;
  }

  /**
   * Answers a prompt. The session stays for the next one, unless the prompt is cancelled.
   *
   * @throws RequestError while another prompt is being answered
   */
  async ask({ prompt, files = [] }: AgentRequest, cancel: AbortSignal, emit: Turn['emit']): Promise<AgentAnswer> {
    if (this.turn !== undefined) {
      throw new RequestError(409, 'this conversation is answering another prompt; wait for its end');
    }
    const { limits } = this.options.settings;
    const timeLimit = AbortSignal.timeout(limits.seconds * 1000);
    const turn: Turn = {
      deadline: Deadline.inSeconds(limits.seconds),
      signal: AbortSignal.any([cancel, timeLimit]),
      budget: new CallBudget(limits, TOOLS),
      files: [],
      calls: new Set(),
      emit,
    };
    const history: Message[] = [...this.agent.messages];
    this.turn = turn;
    try {
      await this.data.add(files, await this.runningSession(turn), turn.deadline);
      const result = await this.stream(prompt, turn);
      const stop = stopOf(result.stopReason, { cancel, timeLimit, budget: turn.budget });
      return {
        answer: textOf(result.lastMessage),
        stop,
        ...(stop !== 'answered' && { message: describeStop(stop, this.options.settings, result.stopReason) }),
        model: this.options.model.getConfig().modelId ?? this.options.settings.model,
        toolCalls: turn.budget.calls,
        files: turn.files,
      };
    } catch (error) {
      this.agent.messages = history;
      throw error;
    } finally {
      await Promise.allSettled(turn.calls);
      if (turn.signal.aborted) {
        // What was left half done must not confuse the next prompt.
        this.agent.messages = history;
        await this.session.close();
      }
      this.turn = undefined;
    }
  }

  /** Ends the session. */
  async close(): Promise<void> {
    await this.session.close();
  }

  private async stream(prompt: string, turn: Turn) {
    const { limits } = this.options.settings;
    const stream = this.agent.stream(this.withFiles(prompt), {
      cancelSignal: turn.signal,
      limits: { turns: limits.turns },
    });
    for (;;) {
      const next = await stream.next();
      if (next.done) {
        return next.value;
      }
      const event = next.value;
      if (event.type === 'modelStreamUpdateEvent') {
        const { event: part } = event;
        if (part.type === 'modelContentBlockDeltaEvent' && part.delta.type === 'textDelta') {
          turn.emit({ type: 'text', text: part.delta.text });
        }
      } else if (event.type === 'toolStreamUpdateEvent' && event.event instanceof ToolStreamEvent) {
        this.report(event.event.data as ToolReport, turn);
      }
    }
  }

  /** The model learns of the files that came with prompts: it could not know their names. */
  private withFiles(prompt: string): { text: string }[] {
    const { paths } = this.data;
    const listed = paths.length === 0 ? [] : [{ text: `Files in the working directory: ${paths.join(', ')}` }];
    return [{ text: prompt }, ...listed];
  }

  private admit(event: BeforeToolCallEvent): void {
    const { toolUse } = event;
    const refusal = this.turn?.budget.refuse(toolUse);
    this.turn?.emit({ type: 'toolCall', id: toolUse.toolUseId, tool: toolUse.name, input: toolUse.input });
    if (refusal !== undefined) {
      event.cancel = refusal;
      this.turn?.emit({ type: 'toolResult', id: toolUse.toolUseId, isError: true, text: refusal, files: [] });
      if (this.turn?.budget.isExhausted) {
        this.agent.cancel();
      }
    }
  }

  private report(report: ToolReport, turn: Turn): void {
    if (report.kind === 'output') {
      turn.emit({ type: 'output', id: report.id, stdout: report.stdout, stderr: report.stderr });
      return;
    }
    const { isError, text, data } = report.answer;
    const files = [...(data.files ?? []), ...(data.pictures ?? [])]
      .filter(({ error }) => error === undefined)
      .map(({ path, contentType, bytes, uri, url }) => ({ path, contentType, bytes, uri, url }));
    turn.files.push(...files);
    const stdout = data.stdoutUri === undefined ? data.stdout : undefined;
    turn.emit({ type: 'toolResult', id: report.id, isError, text, stdout, files });
  }

  private async call(
    name: string,
    input: unknown,
    onOutput: (output: { readonly stdout: string; readonly stderr: string }) => void,
  ): Promise<ToolAnswer> {
    const { turn } = this;
    if (turn === undefined) {
      throw new Error('no prompt is being answered');
    }
    const { deadline, signal } = turn;
    const calling = this.executor.call(name, input, { deadline, signal, onOutput });
    turn.calls.add(calling);
    return calling;
  }

  private async runningSession({ deadline }: Turn): Promise<string | undefined> {
    return this.session.current(undefined, { requestId: randomUUID(), deadline });
  }

  private places({ requestId }: BackendCall): AnswerPlaces {
    const { store } = this.options.environment;
    const locate = async ({ bucket, s3Key }: { bucket: string; s3Key: string }) => ({
      uri: `s3://${bucket}/${s3Key}`,
      url: await store.urlToGet(s3Key, URL_SECONDS),
    });
    return {
      locate,
      keep: async (name, content, contentType) => {
        const kept = await this.data.keep(`${requestId}/${name}`, content, contentType);
        return kept && locate(kept);
      },
      showPictures: true,
      keepShownPictures: true,
    };
  }
}

function instructions({ systemPrompt, dataPrefix }: AgentSettings): string {
  const data = dataPrefix === undefined ? [] : [`The data is in the folder ${AGENT_DATA_FOLDER}/ of the session.`];
  return [INSTRUCTIONS, ...data, ...(systemPrompt === undefined ? [] : [systemPrompt])].join('\n\n');
}

function textOf({ role, content }: Message): string {
  return role === 'assistant'
    ? content.flatMap((block) => (block.type === 'textBlock' ? [block.text] : [])).join('')
    : '';
}

function stopOf(
  reason: string,
  { cancel, timeLimit, budget }: { cancel: AbortSignal; timeLimit: AbortSignal; budget: CallBudget },
): AgentStop {
  if (cancel.aborted) {
    return 'cancelled';
  }
  if (timeLimit.aborted) {
    return 'timeLimit';
  }
  if (budget.isExhausted) {
    return 'toolCallLimit';
  }
  if (reason === 'limitTurns') {
    return 'turnLimit';
  }
  return reason === 'endTurn' || reason === 'stopSequence' ? 'answered' : 'refused';
}

function describeStop(stop: AgentStop, { limits }: AgentSettings, reason: string): string {
  switch (stop) {
    case 'turnLimit':
      return `The model did not finish within ${limits.turns} turns; the answer is incomplete.`;
    case 'toolCallLimit':
      return `The model did not stop after ${limits.toolCalls} tool calls; the answer is incomplete.`;
    case 'timeLimit':
      return `The answer took longer than ${limits.seconds} seconds; the session was ended, and the answer is incomplete.`;
    case 'cancelled':
      return 'The client left; the session was ended.';
    default:
      return `The model ended with "${reason}"; the answer may be incomplete.`;
  }
}
