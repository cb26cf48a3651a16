import type { BatchInput } from '../contract/batch';

/** Which objects under a prefix are items. */
export interface PrefixInputProps {
  /**
   * Only keys that end in one of these, such as `.csv`.
   *
   * @default - all
   */
  readonly suffixes?: string[];
}

/** Where given items may lie. */
export interface ItemsInputProps {
  /**
   * All items lie under this prefix of the staging bucket; the batch may read nothing else.
   *
   * @default 'incoming/'
   */
  readonly prefix?: string;
}

/**
 * Where a batch takes its items from: objects in the staging bucket. Each object is an item.
 */
export class AnalysisInput {
  /**
   * All objects under a prefix. An execution may narrow it: `{"prefix": "incoming/2026/"}`.
   *
   * @param prefix ends with `/`, such as `incoming/`
   */
  public static fromPrefix(prefix: string, props: PrefixInputProps = {}): AnalysisInput {
    return new AnalysisInput('prefix', prefix, props.suffixes ?? [], []);
  }

  /**
   * Exactly these objects, or those that an execution names: `{"items": ["incoming/a.csv"]}`.
   *
   * @param keys under the prefix; none: every execution has to name its items
   */
  public static fromItems(keys: string[] = [], props: ItemsInputProps = {}): AnalysisInput {
    return new AnalysisInput('items', props.prefix ?? 'incoming/', [], keys);
  }

  private constructor(
    /** `prefix` or `items`. */
    public readonly kind: string,
    /** What the batch may read. */
    public readonly prefix: string,
    /** Endings of the keys that are items. */
    public readonly suffixes: string[],
    /** The items, unless an execution names others. */
    public readonly keys: string[],
  ) {}

  /** @internal */
  public _settings(): BatchInput {
    const { prefix, suffixes, keys } = this;
    return { kind: this.kind === 'items' ? 'items' : 'prefix', prefix, suffixes, keys };
  }
}
