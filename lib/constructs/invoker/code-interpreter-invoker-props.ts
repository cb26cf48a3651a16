import type { Duration } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { LambdaOptions } from '../lambda/lambda-options';
import type { StagingBucket } from '../staging/staging-bucket';

/** Properties of an invoker. */
export interface CodeInterpreterInvokerProps extends LambdaOptions {
  /** The interpreter whose sessions it uses. Anything that the L2 of aws-cdk-lib knows as a code interpreter. */
  readonly interpreter: bedrockagentcore.ICodeInterpreterCustom;
  /**
   * The bucket for files that are too large for a request or an answer, under `invoker/`.
   *
   * @default - the interpreter's own staging area; required for an interpreter that has none
   */
  readonly staging?: StagingBucket;
  /**
   * How long one call may take, 1 to 15 minutes. The session is stopped 20 seconds before.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;
  /**
   * The memory of the Lambda, in megabytes, 256 to 10240.
   *
   * @default 512
   */
  readonly memorySize?: number;
  /**
   * How long a new session may live if a call does not say, 1 second to 8 hours. One that ends with its call never
   * outlives the Lambda's time limit by more than half a minute.
   *
   * @default Duration.minutes(15)
   */
  readonly sessionTimeout?: Duration;
  /**
   * Concurrency reserved for each Lambda of the invoker, at least 1. It is taken from the account's.
   *
   * @default - unreserved
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Where asynchronous calls go that have failed. These are never repeated by Lambda, since code could run twice.
   *
   * @default - none
   */
  readonly deadLetterQueue?: sqs.IQueue;
  /**
   * The role of the Lambdas, which must trust `lambda.amazonaws.com`. It receives the grants of the invoker; an imported
   * role has to have them already.
   *
   * @default - a new role for each Lambda
   */
  readonly role?: iam.IRole;
  /**
   * Whether there is a second Lambda with a function URL, IAM authentication and response streaming: output as it comes.
   *
   * @default false
   */
  readonly streamingUrl?: boolean;
}
