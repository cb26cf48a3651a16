import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';

/** How the Lambdas of a construct are hosted: network, encryption, logs, environment. */
export interface LambdaOptions {
  /**
   * How long logs are kept. They hold neither code nor data.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Encrypts the log groups. The key's policy must let CloudWatch Logs use it.
   *
   * @default - the service's own key
   */
  readonly logEncryptionKey?: kms.IKey;
  /**
   * Environment variables of the Lambdas, such as `HTTPS_PROXY`; not of the code in sessions. Variables that the construct
   * or Lambda itself sets are rejected.
   *
   * @default - none
   */
  readonly environment?: { readonly [name: string]: string };
  /**
   * Encrypts the environment variables of the Lambdas.
   *
   * @default - Lambda's own key
   */
  readonly environmentEncryption?: kms.IKey;
  /**
   * Whether X-Ray records calls.
   *
   * @default Tracing.ACTIVE
   */
  readonly tracing?: lambda.Tracing;
  /**
   * The VPC of the Lambdas. They call AWS APIs, so the subnets need a NAT gateway or endpoints: see docs/network.md for
   * the services of each construct.
   *
   * @default - none
   */
  readonly vpc?: ec2.IVpc;
  /**
   * The subnets of the Lambdas. Only with `vpc`.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * The security groups of the Lambdas. Only with `vpc`.
   *
   * @default - a new one for each Lambda, which allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}
