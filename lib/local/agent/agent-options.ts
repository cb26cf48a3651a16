import { InvalidArgumentError, Option } from 'commander';
import { AGENT_LIMITS } from '../../contract/agent';
import type { IsolationRequest } from '../sandbox/isolation';

/** What the options of `agentcore-local agent` are parsed into. */
export interface AgentOptions {
  readonly model?: string;
  readonly ask?: string;
  readonly file: readonly string[];
  readonly systemPrompt?: string;
  readonly out: string;
  readonly saveScript?: string;
  readonly deployed?: string;
  readonly maxTurns: number;
  readonly maxToolCalls: number;
  readonly maxSeconds: number;
  readonly isolation: IsolationRequest;
  readonly python?: string;
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

/** The options of `agentcore-local agent`, for commander. */
export function agentOptions(): Option[] {
  return [
    new Option(
      '--model <model>',
      'bedrock:ID, openai:URL#NAME (any compatible server; its key in OPENAI_API_KEY), or script:FILE, which plays a plan of calls and is no model',
    ),
    new Option('--ask <question>', 'asks this, and ends (default: a chat in the terminal)'),
    new Option('--file <path>', 'a file for the session, under its own name; repeatable')
      .argParser(many)
      .default([], 'none'),
    new Option('--system-prompt <text>', 'what the model is told besides'),
    new Option('--out <folder>', 'where charts and other files of the agent go').default('results'),
    new Option(
      '--save-script <path>',
      'writes the analysis as a Python script for a batch, after it has been run once on the file; needs --ask and one --file',
    ),
    new Option('--deployed <arn>', 'asks the agent of this Runtime ARN instead of one on this machine').conflicts([
      'model',
      'systemPrompt',
    ]),
    limit('--max-turns', 'how often the model may be called for a question', AGENT_LIMITS.turns),
    limit('--max-tool-calls', 'how many tool calls it may make', AGENT_LIMITS.toolCalls),
    limit('--max-seconds', 'how long an answer may take', AGENT_LIMITS.seconds),
    new Option('--isolation <mode>', 'whether code is sandboxed by bubblewrap')
      .choices(['auto', 'require', 'off'])
      .default('auto'),
    new Option('--python <path>', 'a Python interpreter that has IPython (default: found, or made once)'),
  ];
}

/** Throws for options that do not go together, before anything is started. */
export function checkAgentOptions({ model, deployed, ask, file, saveScript }: AgentOptions): void {
  if (model === undefined && deployed === undefined) {
    throw new Error(
      '--model is required, such as bedrock:amazon.nova-pro-v1:0; or --deployed, with the ARN of a Runtime',
    );
  }
  if (saveScript !== undefined && (ask === undefined || file.length !== 1)) {
    throw new Error('--save-script needs --ask and exactly one --file: the file that the script is tried on');
  }
}

function limit(flag: string, description: string, range: { min: number; max: number; default: number }): Option {
  return new Option(`${flag} <number>`, `${description}, ${range.min} to ${range.max}`)
    .argParser((text) => {
      const value = Number(text);
      if (!/^\d+$/.test(text) || value < range.min || value > range.max) {
        throw new InvalidArgumentError(`It must be a whole number, ${range.min} to ${range.max}.`);
      }
      return value;
    })
    .default(range.default);
}
