import type { Duration } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { AnalysisInput } from '../batch-input/analysis-input';
import type { BatchHostingProps } from '../batch-input/batch-hosting';
import type { StagingBucket } from '../staging/staging-bucket';
import type { AnalysisScript } from './analysis-script';
import type { BatchCombine } from './batch-combine';
import type { SessionSetup } from './session-setup';

/** Properties of a batch analysis. */
export interface BatchAnalysisProps extends BatchHostingProps {
  /** The interpreter whose sessions run the script. Anything that the L2 of aws-cdk-lib knows as a code interpreter. */
  readonly interpreter: bedrockagentcore.ICodeInterpreterCustom;
  /** The script that runs on each item. */
  readonly script: AnalysisScript;
  /**
   * Where the items come from.
   *
   * @default AnalysisInput.fromPrefix('incoming/')
   */
  readonly input?: AnalysisInput;
  /**
   * The setup, which runs once in each session, before its first item: installs wheels, fetches data that all items use.
   *
   * @default - nothing
   */
  readonly setup?: SessionSetup;
  /**
   * A second script, run once over all results when all items are done.
   *
   * @default - none
   */
  readonly combine?: BatchCombine;
  /**
   * The bucket of inputs and results.
   *
   * @default - the interpreter's own staging area; required for an interpreter that has none
   */
  readonly staging?: StagingBucket;
  /**
   * The batch's name: part of the keys of its results, `runs/<name>/`, and of its sessions' names.
   * 1 to 48 of `A-Z a-z 0-9 _ -`, beginning with a letter or a digit.
   *
   * @default - the construct's id
   */
  readonly batchName?: string;
  /**
   * How many sessions run at once, 1 to 1000: the default quota of an account.
   *
   * @default 10
   */
  readonly maxConcurrency?: number;
  /**
   * How many items one session processes, one after the other, 1 to 500.
   *
   * @default 25, or 1 where an item may take longer than 13 minutes
   */
  readonly itemsPerSession?: number;
  /**
   * How long the script may take for one item, 1 second to 7 hours and 45 minutes; then it is killed and the item fails.
   * Items that may take longer than 13 minutes run in the background of their session, and the workflow polls them
   * at least once a minute.
   *
   * @default Duration.minutes(5)
   */
  readonly itemTimeout?: Duration;
  /**
   * Time to live of a session: at most 8 hours, and at least a minute longer than `itemTimeout`. A session that ends before
   * its items are done is replaced.
   *
   * @default - the sum of its items' timeouts and 15 minutes, at most 8 hours
   */
  readonly sessionTimeout?: Duration;
  /**
   * Percentage of failed items above which the run fails. Results are written either way.
   *
   * @default - none, unless `toleratedFailureCount` is given
   */
  readonly toleratedFailurePercentage?: number;
  /**
   * Number of failed items above which the run fails. With `toleratedFailurePercentage`, neither may be exceeded.
   *
   * @default - none, unless `toleratedFailurePercentage` is given
   */
  readonly toleratedFailureCount?: number;
  /**
   * Whether each run also writes `results.spreadsheet.csv`: the table of results for Excel and the like, with a byte order
   * mark, and with an apostrophe before text that they would run as a formula. `results.csv` holds every value as it is.
   *
   * @default false
   */
  readonly spreadsheet?: boolean;
}
