import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EnvironmentName } from '../../contract/environment';
import {
  acknowledgeLambdaRules,
  acknowledgeLogGroupRules,
  acknowledgeSynchronousCalls,
} from '../compliance/workload-acknowledgements';

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

export interface HandlerLambdaProps {
  readonly handler: HandlerName;
  readonly description: string;
  readonly timeout: Duration;
  /** In megabytes. */
  readonly memorySize: number;
  readonly environment: Partial<Record<EnvironmentName, string>>;
  readonly logRetention: logs.RetentionDays;
  readonly ephemeralStorageSize?: Size;
  /** For a handler that is called asynchronously: where calls go that have failed for good. */
  readonly deadLetterQueue?: sqs.IQueue;
  /** For a handler that is called asynchronously: how often Lambda tries again. */
  readonly retryAttempts?: number;
  /** Besides what the construct itself sets. */
  readonly moreEnvironment?: Readonly<Record<string, string>>;
  readonly reservedConcurrentExecutions?: number;
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** A Lambda with one of the bundles of the package: nothing is bundled at synth. */
export class HandlerLambda extends lambda.Function {
  constructor(scope: Construct, id: string, props: HandlerLambdaProps) {
    const { handler, logRetention, environment, moreEnvironment, ...rest } = props;
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      ...rest,
      environment: { ...moreEnvironment, ...definedOnly(environment) },
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleOf(handler)),
      handler: 'index.handler',
      tracing: lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
    });
    acknowledgeLambdaRules(this);
    if (!props.deadLetterQueue) {
      acknowledgeSynchronousCalls(this);
    }
    acknowledgeLogGroupRules(logGroup);
  }
}

/** The folder of a bundle, in a checkout and in an installed package alike. */
export function bundleOf(handler: HandlerName, from = __dirname): string {
  const folder = join(from, 'dist/handlers', handler);
  if (existsSync(folder)) {
    return folder;
  }
  const parent = dirname(from);
  if (parent === from) {
    throw new Error(`the bundle of the handler ${handler} is missing: run "npm run bundle" in the package first`);
  }
  return bundleOf(handler, parent);
}

function definedOnly(environment: Partial<Record<EnvironmentName, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
}
