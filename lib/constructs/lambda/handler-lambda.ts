import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EnvironmentName } from '../../contract/environment';
import {
  LAMBDA_ROLE_METADATA,
  type LambdaRole,
  type LambdaRoleMetadata,
  PROTOCOL_VERSION,
} from '../../contract/lambda-role';
import { builtFolder } from '../base/built-folder';
import {
  acknowledgeLambdaRules,
  acknowledgeLogGroupRules,
  acknowledgeSynchronousCalls,
} from '../compliance/workload-acknowledgements';
import type { LambdaOptions } from './lambda-options';

/** The service that takes the roles of Lambdas. */
export const LAMBDA_PRINCIPAL = 'lambda.amazonaws.com';
/** How long logs are kept unless an option says otherwise. */
export const DEFAULT_LOG_RETENTION = logs.RetentionDays.THREE_MONTHS;

/**
 * What Lambda needs to manage the network interfaces of a function in a VPC, instead of a policy managed by AWS.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
const NETWORK_INTERFACE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** The bundles that the package ships, by folder. */
export type HandlerName =
  | 'batch-plan'
  | 'batch-worker'
  | 'batch-report'
  | 'batch-starter'
  | 'batch-notifier'
  | 'invoker'
  | 'invoker-stream'
  | 'code-interpreter-tool';

const ROLES: Record<HandlerName, LambdaRole> = {
  'batch-plan': 'planner',
  'batch-worker': 'worker',
  'batch-report': 'reporter',
  'batch-starter': 'starter',
  'batch-notifier': 'notifier',
  invoker: 'invoker',
  'invoker-stream': 'streamingInvoker',
  'code-interpreter-tool': 'tool',
};

export interface HandlerLambdaProps {
  readonly handler: HandlerName;
  readonly description: string;
  readonly timeout: Duration;
  /** In megabytes. */
  readonly memorySize: number;
  readonly environment: Partial<Record<EnvironmentName, string>>;
  /** What the user of the construct has set for all of its Lambdas. */
  readonly options: LambdaOptions;
  readonly ephemeralStorageSize?: Size;
  /** For a handler that is called asynchronously: receives calls that failed for good. */
  readonly deadLetterQueue?: sqs.IQueue;
  /** For a handler that is called asynchronously: how often Lambda retries. */
  readonly retryAttempts?: number;
  readonly reservedConcurrentExecutions?: number;
  /** A given role; it receives the grants of the Lambda. */
  readonly role?: iam.IRole;
}

/** A Lambda with one of the bundles of the package: nothing is bundled at synth. */
export class HandlerLambda extends lambda.Function {
  constructor(scope: Construct, id: string, props: HandlerLambdaProps) {
    const { handler, options, environment, role: givenRole, ...rest } = props;
    const { logRetention, logEncryptionKey, environment: extraEnvironment, ...hosting } = options;
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
      retention: logRetention ?? DEFAULT_LOG_RETENTION,
      encryptionKey: logEncryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = givenRole ?? createLambdaRole(scope, `${id}Role`, props.description);
    super(scope, id, {
      ...rest,
      vpc: hosting.vpc,
      vpcSubnets: hosting.vpcSubnets,
      securityGroups: hosting.securityGroups,
      environmentEncryption: hosting.environmentEncryption,
      role,
      environment: { ...extraEnvironment, ...definedOnly(environment) },
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(builtFolder(`handlers/${handler}`)),
      handler: 'index.handler',
      tracing: hosting.tracing ?? lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
    });
    const metadata: LambdaRoleMetadata = { role: ROLES[handler], protocolVersion: PROTOCOL_VERSION };
    (this.node.defaultChild as lambda.CfnFunction).addMetadata(LAMBDA_ROLE_METADATA, metadata);
    grantBasics(role, logGroup, hosting);
    acknowledgeLambdaRules(this, role, props);
    if (!props.deadLetterQueue) {
      acknowledgeSynchronousCalls(this);
    }
    if (!logEncryptionKey) {
      acknowledgeLogGroupRules(logGroup);
    }
  }
}

/** Permissions of any Lambda: to write its logs, to read its environment, and to attach to its VPC. */
function grantBasics(role: iam.IRole, logGroup: logs.LogGroup, { environmentEncryption, vpc }: LambdaOptions): void {
  logGroup.grantWrite(role);
  environmentEncryption?.grantDecrypt(role);
  if (vpc) {
    role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: NETWORK_INTERFACE_ACTIONS, resources: ['*'] }));
  }
}

function createLambdaRole(scope: Construct, id: string, description: string): iam.Role {
  return new iam.Role(scope, id, { description, assumedBy: new iam.ServicePrincipal(LAMBDA_PRINCIPAL) });
}

function definedOnly(environment: Partial<Record<EnvironmentName, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}
