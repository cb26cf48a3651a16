import type { BatchInput } from '../../contract/batch';
import { INCOMING_PREFIX } from '../../contract/layout';
import type { ParameterGrid } from '../../contract/parameter-grid';

/** Options of every kind of input. */
export interface AnalysisInputProps {
  /**
   * Runs each item with each combination of these parameters: `{ threshold: [1, 2, 3], method: ['mean', 'median'] }` makes
   * six items of each object. Each name has an array of different values, of anything that JSON can hold; at most 1000
   * combinations. An execution may give another: `{"grid": {"threshold": [4]}}`, or none: `{"grid": {}}`.
   *
   * @default - each item is run once
   */
  readonly grid?: { [name: string]: unknown };
}

/** Which of the objects that are found are items. */
export interface ItemFilterProps extends AnalysisInputProps {
  /**
   * Only keys that end in one of these, such as `.csv`.
   *
   * @default - all
   */
  readonly suffixes?: string[];
  /**
   * Only keys that match one of these patterns, such as `2026/*.csv`; at most 20. They match the whole key below the
   * prefix, case-sensitively: `*` and `?` match any characters, or one, except `/`; `**` matches any, including `/`;
   * everything else matches itself.
   *
   * @default - all
   */
  readonly include?: string[];
  /**
   * Excludes keys that match one of these patterns, whatever the other filters say; at most 20.
   *
   * @default - none
   */
  readonly exclude?: string[];
}

/** Which objects under a prefix are items. */
export interface PrefixInputProps extends ItemFilterProps {}

/** Where given items may lie. */
export interface ItemsInputProps extends AnalysisInputProps {
  /**
   * All items lie under this prefix of the staging bucket; the batch may read nothing else.
   *
   * @default 'incoming/'
   */
  readonly prefix?: string;
}

/** Where a manifest and its items may lie. The filters apply to an S3 Inventory only: a list is taken as it is. */
export interface ManifestInputProps extends ItemFilterProps {
  /**
   * The manifest, and all items, lie under this prefix of the staging bucket; the batch may read nothing else.
   *
   * @default 'incoming/'
   */
  readonly prefix?: string;
}

/**
 * Where a batch takes its items from: objects in the staging bucket. Each object is an item, or, with a grid, several.
 */
export class AnalysisInput {
  /**
   * All objects under a prefix, in the order of their keys. An execution may narrow it: `{"prefix": "incoming/2026/"}`.
   *
   * @param prefix ends with `/`, such as `incoming/`
   */
  public static fromPrefix(prefix: string, props: PrefixInputProps = {}): AnalysisInput {
    return new AnalysisInput('prefix', prefix, [], undefined, props);
  }

  /**
   * Exactly these objects, or those that an execution names: `{"items": ["incoming/a.csv"]}`.
   *
   * @param keys under the prefix; none: every execution has to name its items
   */
  public static fromItems(keys: string[] = [], props: ItemsInputProps = {}): AnalysisInput {
    return new AnalysisInput('items', props.prefix ?? INCOMING_PREFIX, keys, undefined, props);
  }

  /**
   * The objects that an object lists, read when an execution starts. An execution may name another:
   * `{"manifest": "incoming/list.csv"}`.
   *
   * By its extension: `.json`, an array of keys or of `{"key": ..., "parameters": {...}}`; `.jsonl` or `.ndjson`, one
   * of these a line; `.csv`, a table with a column `key`, whose other columns are parameters. Or it is the `manifest.json`
   * of an S3 Inventory in CSV format.
   *
   * @param key under the prefix, such as `incoming/list.csv`
   * @see https://github.com/cdk-agentcore-code-interpreter/cdk-agentcore-code-interpreter/blob/main/docs/batch.md
   */
  public static fromManifest(key: string, props: ManifestInputProps = {}): AnalysisInput {
    return new AnalysisInput('manifest', props.prefix ?? INCOMING_PREFIX, [], key, props);
  }

  /** Endings of the keys that are items. */
  public readonly suffixes: string[];
  /** Patterns of the keys that are items. */
  public readonly include: string[];
  /** Patterns of the keys that are none. */
  public readonly exclude: string[];
  /** The parameters that each item is run with, and their values. */
  public readonly grid?: { [name: string]: unknown };

  private constructor(
    /** `prefix`, `items` or `manifest`. */
    public readonly kind: string,
    /** The prefix that the batch may read. */
    public readonly prefix: string,
    /** The items, unless an execution names others. */
    public readonly keys: string[],
    /** The key of the list of items, unless an execution names others. */
    public readonly manifest: string | undefined,
    props: ItemFilterProps,
  ) {
    this.suffixes = props.suffixes ?? [];
    this.include = props.include ?? [];
    this.exclude = props.exclude ?? [];
    this.grid = props.grid;
  }

  /** @internal */
  public _settings(): BatchInput {
    const { prefix, suffixes, include, exclude, keys, manifest, grid } = this;
    return {
      kind: this.kind as BatchInput['kind'],
      prefix,
      suffixes,
      keys,
      ...(include.length > 0 ? { include } : {}),
      ...(exclude.length > 0 ? { exclude } : {}),
      ...(manifest === undefined ? {} : { manifest }),
      ...(grid === undefined ? {} : { grid: grid as ParameterGrid }),
    };
  }
}
