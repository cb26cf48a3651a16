import type { JsonObject } from './json';
import type { ParameterGrid } from './parameter-grid';

/** The input of an execution of the batch's state machine. Every field may be left out. */
export interface BatchRequest {
  /**
   * Resumes the run with this id: only items that did not succeed run.
   * `[A-Za-z0-9_-]{1,80}`. Default: the execution's name, so a new run.
   */
  readonly runId?: string;
  /** Narrows the batch's configured prefix: it must begin with it. */
  readonly prefix?: string;
  /** Exactly these objects: keys, or keys with parameters of their own. Not together with `manifest`. */
  readonly items?: (string | RequestedItem)[];
  /** The key of an object below the batch's prefix that lists the items. Not together with `items`. */
  readonly manifest?: string;
  /** Takes the place of the batch's own grid; `{}`: no grid. */
  readonly grid?: ParameterGrid;
  /** The script's `parameters`; they override those of the batch. */
  readonly parameters?: JsonObject;
}

export interface RequestedItem {
  readonly key: string;
  readonly parameters?: JsonObject;
}

/** Where items come from when the request does not say, fixed at synth. */
export interface BatchInput {
  readonly kind: 'prefix' | 'items' | 'manifest';
  /** Items must lie under this prefix. */
  readonly prefix: string;
  /** Of the objects found, only keys that end in one of these, e.g. `.csv`; empty: all keys. */
  readonly suffixes: string[];
  /** Of the objects found, only keys that match one of these patterns, below the prefix. Default: all keys. */
  readonly include?: string[];
  /** Of the objects found, no key that matches one of these patterns, below the prefix. Default: none. */
  readonly exclude?: string[];
  /** The keys of the items when the kind is `items` and the request lists none. */
  readonly keys: string[];
  /** The key of the list when the kind is `manifest` and the request names none. */
  readonly manifest?: string;
  /** Each item is run with each combination of these. Default: each item is run once. */
  readonly grid?: ParameterGrid;
}

/** How a manifest's key ends; what it holds goes by the first group. */
export const MANIFEST_ENDING = /\.(json|jsonl|ndjson|csv)(\.gz)?$/;

/** What the input of a batch may be. */
export const INPUT_LIMITS = {
  /** Items in a list: a manifest, or the request. What is found under a prefix has no limit. */
  listedItems: 1_000_000,
  /** The longest line, and the largest JSON document, of a manifest. Lists beyond go in JSON Lines or CSV. In bytes. */
  jsonManifestBytes: 32 * 1024 ** 2,
  /** What one item may carry along, as JSON, in characters: a session's items travel in one state's input of 256 KiB. */
  itemParameters: 16 * 1024,
  /** The parameters of an execution, as JSON: they travel with the items. */
  parametersBytes: 64 * 1024,
  /** Patterns in `include`, and in `exclude`. */
  patterns: 20,
  /** The longest pattern, in characters. */
  patternLength: 256,
  /** The input's own settings, as JSON, in characters: a Lambda's environment holds 4 KB altogether. */
  settings: 2_500,
} as const;
