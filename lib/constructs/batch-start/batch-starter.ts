import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { UploadTrigger } from '../../contract/batch-start';
import { EnvironmentName } from '../../contract/environment';
import { failuresPrefix } from '../../contract/failure-details';
import { runsPrefix } from '../../contract/layout';
import type { BatchFacts } from '../batch-input/batch-facts';
import { acknowledgeSchedulerRoleRules } from '../compliance/workload-acknowledgements';
import { deadLetterQueue } from '../lambda/dead-letter-queue';
import { HandlerLambda } from '../lambda/handler-lambda';
import { checkTriggers } from './batch-start-validation';

/** The Lambda that starts a batch's executions, for its schedules and for uploads. */
export class BatchStarter extends Construct {
  /** How long one call may take: a handful of requests to Step Functions. */
  public static readonly TIMEOUT = Duration.minutes(1);

  public readonly handler: lambda.Function;
  /** Scheduled starts that have failed for good. */
  public readonly deadLetters: sqs.Queue;
  private readonly triggers: UploadTrigger[] = [];
  private role?: iam.Role;

  constructor(private readonly batch: BatchFacts) {
    super(batch.scope, 'Starts');
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    this.handler = new HandlerLambda(this, 'Starter', {
      handler: 'batch-starter',
      description: `Starts batch ${batch.batchName} for schedules and uploads`,
      timeout: BatchStarter.TIMEOUT,
      memorySize: 256,
      logRetention: batch.logRetention,
      deadLetterQueue: this.deadLetters,
      environment: {
        [EnvironmentName.batchName]: batch.batchName,
        [EnvironmentName.stagingBucket]: batch.staging.bucket.bucketName,
        [EnvironmentName.stateMachineArn]: batch.stateMachine.stateMachineArn,
        [EnvironmentName.uploadTriggers]: Lazy.string({
          produce: () => Stack.of(this).toJsonString(this.triggers),
        }),
      },
    });
    batch.stateMachine.grantStartExecution(this.handler);
    batch.staging.grantWrite(this.handler, failuresPrefix(runsPrefix(batch.batchName)));
  }

  public addUploads(trigger: UploadTrigger): void {
    this.triggers.push(trigger);
    checkTriggers(this.batch.scope, this.triggers);
  }

  /** What schedules call the starter with; with it, the starter may see which executions run. */
  public schedulerRole(): iam.Role {
    if (this.role) {
      return this.role;
    }
    this.role = new iam.Role(this, 'SchedulerRole', {
      description: `Lets schedules start batch ${this.batch.batchName}`,
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    acknowledgeSchedulerRoleRules(this.role);
    iam.Grant.addToPrincipal({
      grantee: this.handler,
      actions: ['states:ListExecutions'],
      resourceArns: [this.batch.stateMachine.stateMachineArn],
    });
    return this.role;
  }
}
