import { InvalidArgumentError, Option } from 'commander';
import { CODE_TOOL_NAMES } from '../../contract/code-tools';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import type { IsolationRequest } from '../sandbox/isolation';

/** What the options of `agentcore-local mcp` are parsed into. */
export interface McpOptions {
  /** The port of HTTP mode; undefined for stdio. */
  readonly http?: number;
  readonly host: string;
  readonly token?: string;
  readonly allowHost: readonly string[];
  readonly interpreter?: string;
  readonly bucket?: string;
  readonly function?: string;
  readonly region?: string;
  readonly tools: readonly string[];
  readonly sessionTimeout: number;
  readonly idleTimeout: number;
  readonly maxSessions: number;
  readonly isolation: IsolationRequest;
  readonly python?: string;
}

/** The options of `agentcore-local mcp`, for commander. Hosts pass almost no environment on, so everything is an option. */
export function mcpOptions(): Option[] {
  return [
    new Option('--http <port>', 'serves HTTP at /mcp on this port instead of stdio; 0 takes a free port').argParser(
      wholeNumber(0, 65_535),
    ),
    new Option('--host <address>', 'the address to listen on; any other than a loopback address needs --token').default(
      '127.0.0.1',
    ),
    new Option('--token <text>', 'what HTTP clients must send as "Authorization: Bearer TEXT"'),
    new Option(
      '--allow-host <name>',
      'a host name, besides localhost, that requests may name and pages may come from; repeatable',
    )
      .argParser(many)
      .default([], 'none'),
    new Option(
      '--interpreter <id>',
      'a deployed code interpreter (default: the emulator on this machine); needs --bucket',
    ),
    new Option('--bucket <name>', 'the bucket for files and output too large for an answer, with --interpreter'),
    new Option('--function <name>', "the name or ARN of a deployed invoker's Lambda").conflicts([
      'interpreter',
      'bucket',
    ]),
    new Option('--region <region>', 'the AWS Region of --interpreter or --function (default: AWS_REGION)'),
    new Option('--tools <names>', 'the tools to offer, separated by commas')
      .argParser(toolNames)
      .default(CODE_TOOL_NAMES, 'all'),
    new Option('--session-timeout <seconds>', 'how long a session may live, 60 to 28800')
      .argParser(wholeNumber(60, SESSION_TIMEOUT_SECONDS.max))
      .default(3600),
    new Option('--idle-timeout <seconds>', 'how long a session may be idle in HTTP mode')
      .argParser(wholeNumber(1, 28_800))
      .default(600),
    new Option('--max-sessions <number>', 'how many sessions may run at a time in HTTP mode')
      .argParser(wholeNumber(1, 1000))
      .default(10),
    new Option('--isolation <mode>', 'whether code is sandboxed by bubblewrap')
      .choices(['auto', 'require', 'off'])
      .default('auto'),
    new Option('--python <path>', 'a Python interpreter that has IPython (default: found, or made once)'),
  ];
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

function wholeNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number, ${min} to ${max}.`);
    }
    return value;
  };
}

function toolNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const known: readonly string[] = CODE_TOOL_NAMES;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(`There is no tool "${unknown[0]}". The tools are: ${known.join(', ')}.`);
  }
  return names;
}
