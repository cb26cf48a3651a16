import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { NoticeTarget } from '../../contract/batch-events';
import { EnvironmentName } from '../../contract/environment';
import { failuresPrefix } from '../../contract/failure-details';
import { runsPrefix } from '../../contract/layout';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import type { BatchFacts } from '../batch-input/batch-facts';
import { acknowledgeFinding } from '../compliance/acknowledged-rules';
import { deadLetterQueue } from '../lambda/dead-letter-queue';
import { HandlerLambda } from '../lambda/handler-lambda';

/** What is told of a batch's runs. */
export interface BatchNoticeOptions {
  /**
   * Whether to tell of executions that have succeeded.
   *
   * @default true
   */
  readonly onSuccess?: boolean;
  /**
   * Whether to tell of executions that have failed, timed out, or were stopped.
   *
   * @default true
   */
  readonly onFailure?: boolean;
  /**
   * How long the link to the report works, 1 minute to 12 hours. Whoever has the link can read the report. It ends
   * earlier if the credentials of the Lambda's role, which sign it, do.
   *
   * @default Duration.hours(1)
   */
  readonly linkExpiry?: Duration;
}

/** What is told of a batch's runs, and to which event bus. */
export interface BatchEventOptions extends BatchNoticeOptions {
  /**
   * Where the events go.
   *
   * @default - the account's default event bus
   */
  readonly eventBus?: events.IEventBus;
}

/** The statuses of an execution that has ended. */
const ENDED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Tells topics and event buses how a batch's executions have ended. It listens to Step Functions rather than to the
 * workflow's own last state, so that an execution is told of once, whether or not it came to its report.
 */
export class BatchNotices extends Construct {
  private readonly handler: lambda.Function;
  /** Notices that could not be given. */
  public readonly deadLetters: sqs.Queue;
  private readonly noticeTargets: NoticeTarget[] = [];

  constructor(private readonly batch: BatchFacts) {
    super(batch.scope, 'Notices');
    this.deadLetters = deadLetterQueue(this, 'DeadLetters');
    this.handler = new HandlerLambda(this, 'Notifier', {
      handler: 'batch-notifier',
      description: `Tells how runs of batch ${batch.batchName} have ended`,
      timeout: Duration.minutes(1),
      memorySize: 256,
      logRetention: batch.logRetention,
      deadLetterQueue: this.deadLetters,
      environment: {
        [EnvironmentName.batchName]: batch.batchName,
        [EnvironmentName.stagingBucket]: batch.staging.bucket.bucketName,
        [EnvironmentName.noticeTargets]: Lazy.string({
          produce: () => Stack.of(this).toJsonString(this.noticeTargets),
        }),
      },
    });
    // To read the summary, and because a link can do no more than who has signed it.
    batch.staging.grantRead(this.handler, runsPrefix(batch.batchName));
    batch.staging.grantWrite(this.handler, failuresPrefix(runsPrefix(batch.batchName)));
    this.listen();
  }

  public addTopic(topic: sns.ITopic, options: BatchNoticeOptions): void {
    this.add('topic', topic.topicArn, options);
    topic.grantPublish(this.handler);
    acknowledgeFinding(
      this.handler,
      'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      'The actions are those that publishing to a topic with a key takes, as aws-cdk-lib grants them, on this one key.',
    );
  }

  public addBus(options: BatchEventOptions): void {
    const bus = options.eventBus ?? events.EventBus.fromEventBusArn(this, 'DefaultBus', this.defaultBusArn());
    this.add('bus', bus.eventBusArn, options);
    bus.grantPutEventsTo(this.handler);
  }

  private listen(): void {
    new events.Rule(this, 'Ended', {
      description: `Executions of batch ${this.batch.batchName} that have ended`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.batch.stateMachine.stateMachineArn], status: ENDED },
      },
      targets: [new targets.LambdaFunction(this.handler, { deadLetterQueue: this.deadLetters })],
    });
  }

  private add(kind: NoticeTarget['kind'], arn: string, options: BatchNoticeOptions): void {
    const { onSuccess = true, onFailure = true, linkExpiry = Duration.hours(1) } = options;
    const { scope } = this.batch;
    requireDuration(scope, 'linkExpiry', linkExpiry, { min: Duration.minutes(1), max: Duration.hours(12) });
    if (!onSuccess && !onFailure) {
      throw validationError(scope, 'NoticeOfNothing', 'onSuccess and onFailure are both false: nothing would be told');
    }
    this.noticeTargets.push({ kind, arn, onSuccess, onFailure, linkSeconds: linkExpiry.toSeconds() });
  }

  private defaultBusArn(): string {
    return Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  }
}
