import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Duration, RemovalPolicy, type Size } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentName } from '../contract/environment';
import { acknowledgeLambdaRules, acknowledgeLogGroupRules } from './workload-acknowledgements';

/** The bundles that the package ships, by folder. */
export type HandlerName = 'batch-plan' | 'batch-worker' | 'batch-report' | 'invoker';

export interface HandlerLambdaProps {
  readonly handler: HandlerName;
  readonly description: string;
  readonly timeout: Duration;
  /** In megabytes. */
  readonly memorySize: number;
  readonly environment: Partial<Record<EnvironmentName, string>>;
  readonly logRetention: logs.RetentionDays;
  readonly ephemeralStorageSize?: Size;
}

/** A Lambda with one of the bundles of the package: nothing is bundled at synth. */
export class HandlerLambda extends lambda.Function {
  constructor(scope: Construct, id: string, props: HandlerLambdaProps) {
    const { handler, logRetention, environment, ...rest } = props;
    const logGroup = new logs.LogGroup(scope, `${id}Logs`, {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      ...rest,
      environment: definedOnly(environment),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(bundleOf(handler)),
      handler: 'index.handler',
      tracing: lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
    });
    acknowledgeLambdaRules(this);
    acknowledgeLogGroupRules(logGroup);
  }
}

/** The folder of a bundle, in a checkout and in an installed package alike. */
function bundleOf(handler: HandlerName, from = __dirname): string {
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
