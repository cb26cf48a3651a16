import {
  ImageBlock,
  type ImageFormat,
  TextBlock,
  Tool,
  type ToolContext,
  ToolResultBlock,
  type ToolSpec,
  ToolStreamEvent,
  type ToolStreamGenerator,
} from '@strands-agents/sdk';
import type { CodeTool } from '../tools/code-tools';
import type { Picture, ToolAnswer } from '../tools/tool-answer';
import { argumentJsonSchema } from '../tools/tool-schema';

/** What a tool reports while it runs, and at its end. */
export type ToolReport =
  | { readonly kind: 'output'; readonly id: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'answer'; readonly id: string; readonly answer: ToolAnswer };

/** Carries out a call of a tool. */
export type CallTool = (
  name: string,
  input: unknown,
  onOutput: (output: { readonly stdout: string; readonly stderr: string }) => void,
) => Promise<ToolAnswer>;

/** A tool of the table, for a Strands agent. */
export class StrandsCodeTool extends Tool {
  override readonly name: string;
  override readonly description: string;
  override readonly toolSpec: ToolSpec;

  constructor(
    tool: CodeTool,
    private readonly call: CallTool,
  ) {
    super();
    const { name, description } = tool;
    this.name = name;
    this.description = description;
    this.toolSpec = { name, description, inputSchema: argumentJsonSchema(tool, 'implicit') };
  }

  override async *stream({ toolUse }: ToolContext): ToolStreamGenerator {
    const { toolUseId: id, input } = toolUse;
    const reports = new Latest<ToolReport>();
    const answered = this.call(this.name, input, (output) => reports.put({ kind: 'output', id, ...output }));
    const over = answered.then(
      () => undefined,
      () => undefined,
    );
    for (let report = await reports.next(over); report !== undefined; report = await reports.next(over)) {
      yield new ToolStreamEvent({ data: report });
    }
    const answer = await answered;
    yield new ToolStreamEvent({ data: { kind: 'answer', id, answer } satisfies ToolReport });
    return new ToolResultBlock({
      toolUseId: id,
      status: answer.isError ? 'error' : 'success',
      content: [new TextBlock(answer.text), ...answer.pictures.map(imageOf)],
    });
  }
}

function imageOf({ contentType, base64 }: Picture): ImageBlock {
  const format = contentType.replace('image/', '') as ImageFormat;
  return new ImageBlock({ format, source: { bytes: Buffer.from(base64, 'base64') } });
}

/** The newest value that has not been taken: what comes faster than it is taken is left out. */
class Latest<T> {
  private value: T | undefined;
  private wake: (() => void) | undefined;

  put(value: T): void {
    this.value = value;
    this.wake?.();
  }

  /** The next value, or nothing once it is over. */
  async next(over: Promise<undefined>): Promise<T | undefined> {
    if (this.value === undefined) {
      const woken = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([woken, over]);
    }
    const { value } = this;
    this.value = undefined;
    return value;
  }
}
