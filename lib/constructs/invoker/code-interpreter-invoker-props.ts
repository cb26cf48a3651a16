import type { Duration } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { StagingBucket } from '../staging/staging-bucket';

/** What an invoker is made of. */
export interface CodeInterpreterInvokerProps {
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
   * How long the Lambda's logs are kept. They hold neither code nor data.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Environment variables of the Lambda, such as `HTTPS_PROXY`; not of the code in sessions. Those that the invoker itself
   * needs cannot be set.
   *
   * @default - none
   */
  readonly environment?: { readonly [name: string]: string };
  /**
   * The VPC that the Lambda is in. It needs a way to the AgentCore and S3 APIs there: a NAT gateway or endpoints.
   *
   * @default - none: the Lambda reaches the APIs of AWS, and nothing inside of a VPC
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The subnets of the VPC.
   *
   * @default - the private subnets; only with `vpc`
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * The security groups of the Lambda.
   *
   * @default - one of its own, with all outbound traffic; only with `vpc`
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * How many calls may run at once; they are taken from the account's. At least 1.
   *
   * @default - as many as the account has left
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Where asynchronous calls go that have failed. These are never repeated by Lambda, since code could run twice.
   *
   * @default - none
   */
  readonly deadLetterQueue?: sqs.IQueue;
  /**
   * Whether there is a second Lambda with a function URL, IAM authentication and response streaming: output as it comes.
   *
   * @default false
   */
  readonly streamingUrl?: boolean;
}
