import type { Duration } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { AnalysisInput } from '../batch-input/analysis-input';
import type { StagingBucket } from '../staging/staging-bucket';
import type { AnalysisScript } from './analysis-script';
import type { BatchCombine } from './batch-combine';
import type { SessionSetup } from './session-setup';

/** What a batch analysis is made of. */
export interface BatchAnalysisProps {
  /** The interpreter whose sessions run the script. Anything that the L2 of aws-cdk-lib knows as a code interpreter. */
  readonly interpreter: bedrockagentcore.ICodeInterpreterCustom;
  /** What is run on each item. */
  readonly script: AnalysisScript;
  /**
   * Where the items come from.
   *
   * @default AnalysisInput.fromPrefix('incoming/')
   */
  readonly input?: AnalysisInput;
  /**
   * What is done once in each session, before its first item: wheels are installed, data for all items is put there.
   *
   * @default - nothing
   */
  readonly setup?: SessionSetup;
  /**
   * A second script, which is run once over all results when the items have been worked through.
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
   * How many sessions run at once. 1 to 1000, the service's default quota of an account.
   *
   * @default 10
   */
  readonly maxConcurrency?: number;
  /**
   * How many items one session works through, one after the other. 1 to 500.
   *
   * @default 25, or 1 where an item may take longer than 13 minutes
   */
  readonly itemsPerSession?: number;
  /**
   * How long the script may take for one item, 1 second to 7 hours and 45 minutes; then it is ended and the item has failed.
   * Items that may take longer than 13 minutes run in the background of their session, and the workflow looks after them
   * at least once a minute.
   *
   * @default Duration.minutes(5)
   */
  readonly itemTimeout?: Duration;
  /**
   * How long a session may live, to 8 hours, and a minute longer than an item at least. A session that ends earlier than
   * its items is replaced.
   *
   * @default - the items' timeouts together and 15 minutes, at most 8 hours
   */
  readonly sessionTimeout?: Duration;
  /**
   * How much of the items may fail, in percent, before the run has failed. Their results are there either way.
   *
   * @default - none, unless `toleratedFailureCount` is given
   */
  readonly toleratedFailurePercentage?: number;
  /**
   * How many of the items may fail before the run has failed. With `toleratedFailurePercentage`, neither may be exceeded.
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
  /**
   * How long the logs of the Lambdas and of the state machine are kept. They hold neither code nor data.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}
