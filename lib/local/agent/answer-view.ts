import type { AgentAnswer, AgentEvent, AgentFailure, AgentFile } from '../../contract/agent';
import type { Terminal } from '../terminal';
import { saveAgentFile } from './saved-file';

/** Python code that has run without an error, and what it printed. */
export interface ExecutedCode {
  readonly code: string;
  readonly description?: string;
  readonly outputs: readonly string[];
  readonly stdout?: string;
}

/** What there is once an answer has ended. */
export interface ShownAnswer {
  readonly end: AgentAnswer | undefined;
  readonly failure: AgentFailure | undefined;
  readonly executed: readonly ExecutedCode[];
}

interface PythonInput {
  readonly code: string;
  readonly description?: string;
  readonly outputs?: readonly string[];
}

export interface AnswerViewOptions {
  /** The text of the answer. */
  readonly answer: Terminal;
  /** What happens meanwhile: code, output, files. */
  readonly progress: Terminal;
  /** Where files are saved. */
  readonly folder: string;
}

/** Shows an answer as it comes, saves its files, and keeps the code that has run. */
export async function showAnswer(
  events: AsyncIterable<AgentEvent>,
  { answer, progress, folder }: AnswerViewOptions,
): Promise<ShownAnswer> {
  const executed: ExecutedCode[] = [];
  const running = new Map<string, PythonInput>();
  let end: AgentAnswer | undefined;
  let failure: AgentFailure | undefined;
  let atLineStart = true;
  const newLine = () => {
    if (!atLineStart) {
      answer.output('\n');
      atLineStart = true;
    }
  };
  for await (const event of events) {
    switch (event.type) {
      case 'text':
        answer.output(event.text);
        atLineStart = event.text.endsWith('\n');
        break;
      case 'toolCall':
        newLine();
        progress.text(`> ${event.tool}\n${shownInput(event.input)}`);
        if (event.tool === 'execute_python') {
          running.set(event.id, event.input as PythonInput);
        }
        break;
      case 'output':
        progress.status((event.stdout || event.stderr).trimEnd().split('\n').at(-1) ?? '');
        break;
      case 'toolResult': {
        progress.text(`${event.isError ? '! failed' : '< done'}\n${event.text}`);
        const input = running.get(event.id);
        if (input !== undefined && !event.isError) {
          executed.push({ ...input, outputs: input.outputs ?? [], stdout: event.stdout });
        }
        for (const file of event.files) {
          await save(file, folder, progress);
        }
        break;
      }
      case 'end':
        end = event;
        break;
      case 'error':
        failure = event;
        break;
    }
  }
  newLine();
  for (const line of notes(end, failure)) {
    progress.text(line);
  }
  return { end, failure, executed };
}

/** What there is to know at the end. */
function notes(end: AgentAnswer | undefined, failure: AgentFailure | undefined): string[] {
  if (failure !== undefined) {
    return [`${failure.error}: ${failure.message}`];
  }
  if (end === undefined) {
    return ['The answer broke off before its end.'];
  }
  return end.message === undefined ? [] : [end.message];
}

async function save(file: AgentFile, folder: string, progress: Terminal): Promise<void> {
  const saved = await saveAgentFile(file, folder);
  if (saved !== undefined) {
    progress.lines(`${saved.path}: ${saved.bytes} bytes`);
  }
}

/** Code as code; what else a call has, as JSON. */
function shownInput(input: unknown): string {
  const { code, command, ...rest } = (typeof input === 'object' && input !== null ? input : {}) as Record<
    string,
    unknown
  >;
  const program = code ?? command;
  const others = Object.keys(rest).length > 0 ? [JSON.stringify(rest)] : [];
  return [...(program === undefined ? [] : [String(program)]), ...others].join('\n');
}
