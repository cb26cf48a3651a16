import { type BaseModelConfig, type Message, Model, type ModelStreamEvent } from '@strands-agents/sdk';
import type { Script, ScriptStep } from './script-file';

/**
 * Plays a plan of tool calls, for tests and for trying things out: no model. It says so in its id and in each answer.
 *
 * It holds no state: which step comes next is counted from the messages, so that conversations cannot mix.
 */
export class ScriptedModel extends Model<BaseModelConfig> {
  constructor(private readonly script: Script) {
    super();
  }

  override getConfig(): BaseModelConfig {
    return { modelId: this.label, contextWindowLimit: 1_000_000 };
  }

  override updateConfig(): void {}

  private get label(): string {
    return `script ${this.script.name} (not a model)`;
  }

  override async *stream(messages: Message[]): AsyncGenerator<ModelStreamEvent> {
    const { step, tools, isLast } = this.next(messages);
    yield { type: 'modelMessageStartEvent', role: 'assistant' };
    const text = fill(step.text ?? '', messages);
    const said = isLast ? `[${this.label}] ${text}` : text;
    if (said !== '') {
      yield { type: 'modelContentBlockStartEvent' };
      for (const part of said.match(/\S*\s*/g) ?? []) {
        if (part !== '') {
          yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text: part } };
        }
      }
      yield { type: 'modelContentBlockStopEvent' };
    }
    for (const [index, { name, input }] of tools.entries()) {
      const toolUseId = `script-${messages.length}-${index}`;
      yield { type: 'modelContentBlockStartEvent', start: { type: 'toolUseStart', name, toolUseId } };
      const filled = JSON.stringify(input, (_key, value) =>
        typeof value === 'string' ? fill(value, messages) : value,
      );
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'toolUseInputDelta', input: filled } };
      yield { type: 'modelContentBlockStopEvent' };
    }
    yield { type: 'modelMessageStopEvent', stopReason: isLast ? 'endTurn' : 'toolUse' };
  }

  private next(messages: readonly Message[]): {
    step: ScriptStep;
    tools: NonNullable<ScriptStep['tools']>;
    isLast: boolean;
  } {
    const prompt = promptOf(messages);
    const plan = this.script.plans.find(({ when }) => when === undefined || prompt.includes(when));
    if (plan === undefined) {
      return { step: { text: 'There is no plan for this prompt.' }, tools: [], isLast: true };
    }
    const done = messages.slice(promptIndex(messages)).filter(({ role }) => role === 'assistant').length;
    const { steps, endless = false } = plan;
    const step = steps[endless ? Math.min(done, steps.length - 1) : done] ?? { text: '{{result}}' };
    const tools = step.tools ?? [];
    return { step, tools, isLast: tools.length === 0 };
  }
}

function promptIndex(messages: readonly Message[]): number {
  return messages.findLastIndex(
    ({ role, content }) => role === 'user' && content.some(({ type }) => type === 'textBlock'),
  );
}

function promptOf(messages: readonly Message[]): string {
  const [first] = messages[promptIndex(messages)]?.content ?? [];
  return first?.type === 'textBlock' ? first.text : '';
}

function resultsOf(messages: readonly Message[]): string {
  const last = messages.at(-1);
  return (last?.content ?? [])
    .flatMap((block) => (block.type === 'toolResultBlock' ? block.content : []))
    .flatMap((content) => (content.type === 'textBlock' ? [content.text.trim()] : []))
    .join('\n');
}

function fill(text: string, messages: readonly Message[]): string {
  return text.replaceAll('{{prompt}}', () => promptOf(messages)).replaceAll('{{result}}', () => resultsOf(messages));
}
