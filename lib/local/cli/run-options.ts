import type { JsonObject } from '../../contract/json';
import type { StagedObjects } from '../runner/staged-files';

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
