import type { BatchInput } from './batch-input';
import type { JsonObject } from './json';
import type { Language } from './service';

/** How many items may fail before the run has failed: neither of the two may be exceeded; without either, none may. */
export interface FailureTolerance {
  /** Of all items, in percent. */
  readonly percentage?: number;
  readonly count?: number;
}

/** One script of a batch, and how it runs. */
export interface StageSettings {
  readonly script: ScriptSettings;
  /** In seconds. */
  readonly itemTimeoutSeconds: number;
  /** Whether items run in the background, because they may take longer than a request to the service. */
  readonly longItems: boolean;
  /** In seconds. */
  readonly sessionTimeoutSeconds: number;
}

/** What a batch tells its handlers through {@link EnvironmentName.batch}, fixed at synth: the script of its items, and more. */
export interface BatchSettings extends StageSettings {
  readonly name: string;
  readonly input: BatchInput;
  readonly tolerated: FailureTolerance;
  /** Whether there is a table for spreadsheets. */
  readonly spreadsheet?: boolean;
  readonly setup?: SetupSettings;
  readonly combine?: CombineSettings;
}

/** The script over all results. Its only item is `results.jsonl`. */
export interface CombineSettings extends StageSettings {
  /** Patterns of the items' output files that it is given, too. */
  readonly files: string[];
}

/** What is done once in each session, before its first item. */
export interface SetupSettings {
  /** Whether there is a folder of files: the asset that {@link EnvironmentName.setupKey} names. */
  readonly folder: boolean;
  /** The script in the folder that is run, if any. */
  readonly script?: string;
  /** Keys in the staging bucket; those that end with a slash are prefixes. */
  readonly objects: string[];
  readonly timeoutSeconds: number;
}

export interface ScriptSettings {
  /** The file name, e.g. `sales.py`. */
  readonly name: string;
  readonly language: Language;
  readonly parameters: JsonObject;
}
