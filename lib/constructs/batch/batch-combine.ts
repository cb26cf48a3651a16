import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { ITEM_TIMEOUT_MAX_SECONDS } from '../../contract/long-items';
import { requireDuration } from '../base/duration-range';
import { checkPatterns } from '../base/pattern-validation';
import type { AnalysisScript } from './analysis-script';

/**
 * A script that is run once over the results of all items, when they have been worked through and no more have failed than
 * the batch tolerates. Its input is `results.jsonl`, a line for each item; it sees what any script sees, and leaves what it
 * finds in the same way. That comes first in the report, and is at `combined/` in the run's folder.
 */
export interface BatchCombine {
  /**
   * The script; it may be in another language than the analysis. Its own parameters lie below those of the run.
   */
  readonly script: AnalysisScript;
  /**
   * Patterns of the items' output files that it is given, such as `*.parquet`: they lie at `files/<item id>/<path>` in its
   * working directory. At most 10,000 files.
   *
   * @default - none
   */
  readonly files?: string[];
  /**
   * How long it may take, 1 second to 7 hours and 45 minutes.
   *
   * @default Duration.minutes(10)
   */
  readonly timeout?: Duration;
}

/** Options of a batch's combining script. */
export const COMBINE_LIMITS = {
  timeout: { min: Duration.seconds(1), max: Duration.seconds(ITEM_TIMEOUT_MAX_SECONDS), default: Duration.minutes(10) },
} as const;

/** Throws for the first value that cannot work. */
export function checkCombine(scope: IConstruct, { files = [], timeout }: BatchCombine): void {
  requireDuration(scope, 'combine.timeout', timeout, COMBINE_LIMITS.timeout);
  checkPatterns(scope, 'combine.files', files, 'the path in an item\'s output, such as "*.parquet"');
}
