import { InvalidArgumentError, Option } from 'commander';
import type { JsonObject } from '../../contract/json';
import { LANGUAGES, type Language, RUNTIMES, type Runtime } from '../../contract/service';
import { collect, isolationOption, parseJsonObject, pythonOption } from '../cli/shared-options';

/** What the options of `agentcore-local exec` are parsed into. */
export interface ExecOptions {
  readonly command?: string;
  readonly language?: Language;
  readonly runtime?: Runtime;
  /** `PATH` or `PATH=NAME-IN-THE-SESSION`, of a file or a folder. */
  readonly file: readonly string[];
  readonly output: readonly string[];
  readonly out: string;
  readonly env: readonly string[];
  readonly parameters?: JsonObject;
  readonly timeout?: number;
  readonly endpoint?: string;
  readonly deployed?: string;
  readonly bucket?: string;
  readonly json: boolean;
  readonly isolation: 'auto' | 'require' | 'off';
  readonly python?: string;
}

/** The options of `agentcore-local exec`, for commander. */
export function execOptions(): Option[] {
  return [
    new Option('--command <command>', 'a shell command, in the place of a script'),
    new Option('--language <language>', 'the language (default: by the ending of the script)').choices(LANGUAGES),
    new Option('--runtime <runtime>', 'what runs it (default: python, or deno)').choices(RUNTIMES),
    new Option('--file <path[=name]>', 'a file for the session, or a folder of files, any number of times')
      .argParser(collect)
      .default([], 'none'),
    new Option('--output <pattern>', 'what is brought back: a path, or a pattern with *, ? and **, any number of times')
      .argParser(collect)
      .default([], 'everything that is new'),
    new Option('--out <folder>', 'where it goes, and pictures that were shown').default('results'),
    new Option('--env <NAME=VALUE>', 'an environment variable, any number of times')
      .argParser(collect)
      .default([], 'none'),
    new Option('--parameters <json>', 'written to parameters.json in the session').argParser(parseJsonObject),
    new Option('--timeout <seconds>', 'how long it may run').argParser(seconds),
    new Option('--endpoint <url>', 'an emulator that runs already (default: one of its own)').conflicts('deployed'),
    new Option('--deployed <function>', "the name or ARN of an invoker's Lambda in an account"),
    new Option('--bucket <name>', 'the staging bucket of --deployed, for files that are too large for a request'),
    new Option('--json', 'prints the whole answer as JSON').default(false),
    isolationOption(),
    pythonOption(),
  ];
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 900)) {
    throw new InvalidArgumentError('It must be 1 to 900.');
  }
  return value;
}
