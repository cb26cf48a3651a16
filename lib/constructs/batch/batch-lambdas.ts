import { Duration, Size, Stack } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import type { BatchSettings } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import type { BatchHostingProps } from '../batch-input/batch-hosting';
import { HandlerLambda } from '../lambda/handler-lambda';
import type { StagingArea } from '../staging/staging-area';
import type { BatchAssets } from './batch-assets';
import { BATCH_LIMITS } from './batch-validation';

export interface BatchLambdasProps {
  readonly settings: BatchSettings;
  readonly staging: StagingArea;
  readonly interpreter: bedrockagentcore.ICodeInterpreterCustom;
  readonly assets: BatchAssets;
  readonly hosting: BatchHostingProps;
}

/** The Lambdas that the states of a batch call. */
export class BatchLambdas {
  /** Lists the items of a run. */
  readonly planner: HandlerLambda;
  /** Runs items in sessions. */
  readonly worker: HandlerLambda;
  /** Gathers results and writes reports. */
  readonly reporter: HandlerLambda;
  private readonly environment: Partial<Record<EnvironmentName, string>>;
  private readonly interpreterId: string;

  constructor(
    private readonly scope: Construct,
    private readonly props: BatchLambdasProps,
  ) {
    this.environment = {
      [EnvironmentName.batch]: Stack.of(scope).toJsonString(props.settings),
      [EnvironmentName.stagingBucket]: props.staging.bucket.bucketName,
    };
    this.interpreterId = props.interpreter.codeInterpreterId;
    this.planner = this.createPlanner();
    this.worker = this.createWorker();
    this.reporter = this.createReporter();
  }

  private createPlanner(): HandlerLambda {
    const { settings, hosting } = this.props;
    return new HandlerLambda(this.scope, 'Planner', {
      handler: 'batch-plan',
      description: `Plans the runs of batch ${settings.name}`,
      timeout: Duration.minutes(15),
      memorySize: 512,
      ephemeralStorageSize: Size.gibibytes(2),
      environment: this.environment,
      options: hosting,
      role: hosting.roles?.planner,
      reservedConcurrentExecutions: hosting.reservedConcurrentExecutions?.planner,
    });
  }

  private createWorker(): HandlerLambda {
    const { settings, hosting, assets } = this.props;
    const { script, combine, setup } = assets;
    return new HandlerLambda(this.scope, 'Worker', {
      handler: 'batch-worker',
      description: `Runs items of batch ${settings.name} in code interpreter sessions`,
      timeout: BATCH_LIMITS.workerTimeout,
      memorySize: 1024,
      environment: {
        ...this.environment,
        [EnvironmentName.interpreterId]: this.interpreterId,
        [EnvironmentName.scriptBucket]: script.s3BucketName,
        [EnvironmentName.scriptKey]: script.s3ObjectKey,
        [EnvironmentName.combineBucket]: combine?.s3BucketName,
        [EnvironmentName.combineKey]: combine?.s3ObjectKey,
        [EnvironmentName.setupBucket]: setup?.s3BucketName,
        [EnvironmentName.setupKey]: setup?.s3ObjectKey,
      },
      options: hosting,
      role: hosting.roles?.worker,
      reservedConcurrentExecutions: hosting.reservedConcurrentExecutions?.worker,
    });
  }

  private createReporter(): HandlerLambda {
    const { settings, hosting } = this.props;
    return new HandlerLambda(this.scope, 'Reporter', {
      handler: 'batch-report',
      description: `Writes the reports of batch ${settings.name}`,
      timeout: Duration.minutes(15),
      memorySize: 1024,
      ephemeralStorageSize: Size.gibibytes(4),
      environment: { ...this.environment, [EnvironmentName.interpreterId]: this.interpreterId },
      options: hosting,
      role: hosting.roles?.reporter,
      reservedConcurrentExecutions: hosting.reservedConcurrentExecutions?.reporter,
    });
  }
}
