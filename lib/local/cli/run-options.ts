import { InvalidArgumentError, Option } from 'commander';
import type { JsonObject } from '../../contract/json';
import type { StagedObjects } from '../runner/staged-files';
import { isolationOption, parseJsonObject, parseWholeNumber, pythonOption } from './shared-options';

/** What the options of `agentcore-local run` are parsed into. */
export interface RunCommandOptions {
  readonly app: string;
  readonly batch?: string;
  readonly out: string;
  readonly parameters?: JsonObject;
  /** Files for the staging bucket, by key. */
  readonly object?: StagedObjects;
  readonly limit?: number;
  readonly failFast: boolean;
  readonly spreadsheet: boolean;
  readonly script?: string;
  /** An id; `true`: the newest run that is unfinished. */
  readonly resume?: string | true;
  readonly watch: boolean;
  /** Missing: as the surroundings suggest. */
  readonly open?: boolean;
  readonly isolation: 'auto' | 'require' | 'off';
  readonly python?: string;
  readonly verbose: boolean;
}

/** Refuses what does not go together, before anything is made. */
export function checkRunOptions(inputs: readonly string[], options: RunCommandOptions): void {
  const { resume, watch, limit, parameters } = options;
  if (resume === undefined) {
    if (inputs.length === 0) {
      throw new Error('name the inputs: files, or folders of files; or --resume, to go on with a run');
    }
    return;
  }
  const refused = [
    ...(inputs.length > 0 ? [`inputs (${inputs.join(', ')})`] : []),
    ...(limit === undefined ? [] : ['--limit']),
    ...(parameters === undefined ? [] : ['--parameters']),
  ];
  if (refused.length > 0) {
    throw new Error(`--resume takes no ${refused.join(' and no ')}: the run has its items and parameters already`);
  }
  if (watch) {
    throw new Error('--resume and --watch do not go together: a watch begins a new run with each change');
  }
}

/** The options of `agentcore-local run`, for commander. */
export function runOptions(): Option[] {
  return [
    new Option('--app <folder>', 'the cloud assembly that cdk synth wrote').default('cdk.out'),
    new Option('--batch <name>', 'the batch, if the assembly has several'),
    new Option('--out <folder>', 'where the results go').default('results'),
    new Option('--parameters <json>', 'laid over the parameters of the script').argParser(parseJsonObject),
    new Option(
      '--object <key=file>',
      'a file for the staging bucket, such as what a setup takes; may be repeated',
    ).argParser(parseObject),
    new Option('--limit <number>', 'runs only the first items, this many').argParser(parseLimit),
    new Option('--fail-fast', 'stops at the first item that fails').default(false),
    new Option(
      '--spreadsheet',
      'writes results.spreadsheet.csv, too: for Excel and the like, without formulas',
    ).default(false),
    new Option('--script <file>', "takes the place of the batch's script, without a new synth"),
    new Option('--resume [run]', 'goes on with a run that was stopped; without an id, with the newest such run'),
    new Option('--watch', 'runs again whenever the script, the inputs or the assembly change').default(false),
    new Option('--open', 'opens the report at the end (default: on a terminal with a display)'),
    new Option('--no-open', 'does not open it'),
    isolationOption(),
    pythonOption(),
    new Option('--verbose', 'shows what the Lambdas log').default(false),
  ];
}

function parseLimit(text: string): number {
  const limit = parseWholeNumber(text);
  if (limit === 0) {
    throw new InvalidArgumentError('It must be 1 or more.');
  }
  return limit;
}

/** As often as it is given. */
function parseObject(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, key, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || file === undefined) {
    throw new InvalidArgumentError('It must be a key and a file, such as reference/prices.csv=./prices.csv.');
  }
  return { ...before, [key]: file };
}
