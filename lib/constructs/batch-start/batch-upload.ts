import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { UploadFilters } from '../../contract/batch-start';
import type { JsonObject } from '../../contract/json';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import { requireWholeNumber } from '../base/whole-number';
import type { AnalysisInput } from '../batch-input/analysis-input';
import type { BatchContext } from '../batch-input/batch-context';
import { allowEventsToUse, deadLetterQueue, eventQueue } from '../lambda/dead-letter-queue';
import { checkParameters, checkStartId, checkWithin } from './batch-start-validation';
import { BatchStarter } from './batch-starter';

/** Which uploads start a batch, and how many of them together. */
export interface BatchUploadTriggerOptions {
  /**
   * Only objects below this prefix, which begins with the batch's own and ends with `/`.
   *
   * @default - the batch's own prefix
   */
  readonly prefix?: string;
  /**
   * Only keys that end in one of these, such as `.csv`.
   *
   * @default - those of the batch's input
   */
  readonly suffixes?: string[];
  /**
   * How long uploads gather before an execution starts for them, 1 second to 5 minutes.
   *
   * @default Duration.minutes(1)
   */
  readonly batchingWindow?: Duration;
  /**
   * The maximum number of uploads per execution, 1 to 1000; as soon as it is reached, an execution starts.
   *
   * @default 100
   */
  readonly maxItems?: number;
  /**
   * Laid over the script's parameters.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: unknown };
}

const LIMITS = {
  maxItems: { min: 1, max: 1000, default: 100 },
  window: { min: Duration.seconds(1), max: Duration.minutes(5), default: Duration.minutes(1) },
};
/** How often a start is tried before its uploads go to the dead-letter queue. */
const ATTEMPTS = 5;

/** Starts a batch on uploads: S3 notifies EventBridge, a queue collects the events, and the starter starts executions. */
export function addUploadTrigger(
  batch: BatchContext,
  starter: BatchStarter,
  id: string,
  options: BatchUploadTriggerOptions,
): sqs.Queue {
  check(batch, id, options);
  const { staging, input } = batch;
  const prefix = options.prefix ?? input.prefix;
  const suffixes = options.suffixes ?? input.suffixes;
  const window = options.batchingWindow ?? LIMITS.window.default;
  const { queue, deadLetters } = createQueues(new Construct(starter, id), window, batch.hosting.queueEncryptionKey);
  staging.enableEvents();
  new events.Rule(starter, `${id}Rule`, {
    description: `Uploads that start batch ${batch.batchName}`,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [staging.bucket.bucketName] }, object: { key: patternOf(prefix, suffixes) } },
    },
    targets: [new targets.SqsQueue(queue, { deadLetterQueue: deadLetters })],
  });
  starter.handler.addEventSource(
    new SqsEventSource(queue, {
      batchSize: options.maxItems ?? LIMITS.maxItems.default,
      maxBatchingWindow: window,
      reportBatchItemFailures: true,
      // The fewest that Lambda allows: more of them would share the uploads, and each start a smaller execution.
      maxConcurrency: 2,
    }),
  );
  starter.addTrigger({
    queue: queue.queueArn,
    trigger: id,
    prefix,
    suffixes,
    ...filtersOf(input),
    parameters: (options.parameters ?? {}) as JsonObject,
  });
  return queue;
}

/** Objects that the batch's own filters exclude start nothing. A list's items are not filtered. */
function filtersOf({ kind, prefix, include, exclude }: AnalysisInput): { filters?: UploadFilters } {
  if (kind !== 'prefix' || include.length + exclude.length === 0) {
    return {};
  }
  return {
    filters: {
      prefix,
      ...(include.length > 0 ? { include } : {}),
      ...(exclude.length > 0 ? { exclude } : {}),
    },
  };
}

function createQueues(
  scope: Construct,
  window: Duration,
  key: kms.IKey | undefined,
): { queue: sqs.Queue; deadLetters: sqs.Queue } {
  allowEventsToUse(key);
  const deadLetters = deadLetterQueue(scope, 'DeadLetters', key);
  const maxWindow = window.isUnresolved() ? LIMITS.window.max : window;
  const queue = eventQueue(scope, 'Queue', key, {
    // What AWS recommends: six times the Lambda's timeout, and the batching window.
    visibilityTimeout: Duration.seconds(6 * BatchStarter.TIMEOUT.toSeconds()).plus(maxWindow),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: ATTEMPTS },
  });
  return { queue, deadLetters };
}

function patternOf(prefix: string, suffixes: string[]): object[] {
  return suffixes.length === 0 ? [{ prefix }] : suffixes.map((suffix) => ({ wildcard: `${prefix}*${suffix}` }));
}

function check({ scope, input }: BatchContext, id: string, options: BatchUploadTriggerOptions): void {
  checkStartId(scope, id);
  checkParameters(scope, options.parameters);
  checkWithin(scope, 'prefix', options.prefix ?? input.prefix, input.prefix);
  requireDuration(scope, 'batchingWindow', options.batchingWindow, LIMITS.window);
  requireWholeNumber(scope, 'maxItems', options.maxItems, LIMITS.maxItems);
  const wrong = options.suffixes?.find((suffix) => suffix === '' || /[*\\]/.test(suffix));
  if (wrong !== undefined) {
    throw validationError(
      scope,
      'UploadSuffix',
      `a suffix must not be empty and must not contain "*" or "\\", such as ".csv"; got "${wrong}"`,
    );
  }
}
