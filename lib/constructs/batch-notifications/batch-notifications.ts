import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { NotificationTarget } from '../../contract/batch-events';
import { EnvironmentName } from '../../contract/environment';
import { failuresPrefix } from '../../contract/failure-details';
import { runsPrefix } from '../../contract/layout';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import type { BatchContext } from '../batch-input/batch-context';
import { acknowledgeFinding } from '../compliance/acknowledged-rules';
import { allowEventsToUse, deadLetterQueue } from '../lambda/dead-letter-queue';
import { HandlerLambda } from '../lambda/handler-lambda';

/** Which runs of a batch to send notifications about. */
export interface BatchNotificationOptions {
  /**
   * Whether to send a notification when an execution succeeds.
   *
   * @default true
   */
  readonly onSuccess?: boolean;
  /**
   * Whether to send a notification when an execution fails, times out or is stopped.
   *
   * @default true
   */
  readonly onFailure?: boolean;
  /**
   * How long the link to the report works, 1 minute to 12 hours. Anyone with the link can read the report. It ends
   * earlier if the credentials of the Lambda's role, which sign it, do.
   *
   * @default Duration.hours(1)
   */
  readonly linkExpiry?: Duration;
}

/** Which runs of a batch to send events about, and to which event bus. */
export interface BatchEventDestinationOptions extends BatchNotificationOptions {
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
 * Notifies topics and event buses when an execution of a batch ends. It listens to Step Functions rather than to the
 * workflow's own last state, so that each execution is reported once, whether or not it reached its report.
 */
export class BatchNotifications extends Construct {
  private readonly handler: lambda.Function;
  /** Notifications that could not be delivered. */
  public readonly deadLetters: sqs.Queue;
  private readonly targets: NotificationTarget[] = [];

  constructor(private readonly batch: BatchContext) {
    super(batch.scope, 'Notifications');
    const { queueEncryptionKey } = batch.hosting;
    allowEventsToUse(queueEncryptionKey);
    this.deadLetters = deadLetterQueue(this, 'DeadLetters', queueEncryptionKey);
    this.handler = new HandlerLambda(this, 'Notifier', {
      handler: 'batch-notifier',
      description: `Notifies when runs of batch ${batch.batchName} end`,
      timeout: Duration.minutes(1),
      memorySize: 256,
      options: batch.hosting,
      role: batch.hosting.roles?.notifier,
      reservedConcurrentExecutions: batch.hosting.reservedConcurrentExecutions?.notifier,
      deadLetterQueue: this.deadLetters,
      environment: {
        [EnvironmentName.batchName]: batch.batchName,
        [EnvironmentName.stagingBucket]: batch.staging.bucket.bucketName,
        [EnvironmentName.notificationTargets]: Lazy.string({
          produce: () => Stack.of(this).toJsonString(this.targets),
        }),
      },
    });
    // To read the summary, and because a link has no more permissions than its signer.
    batch.staging.grantRead(this.handler, runsPrefix(batch.batchName));
    batch.staging.grantWrite(this.handler, failuresPrefix(runsPrefix(batch.batchName)));
    this.listen();
  }

  public addTopic(topic: sns.ITopic, options: BatchNotificationOptions): void {
    this.add('topic', topic.topicArn, options);
    topic.grantPublish(this.handler);
    acknowledgeFinding(
      this.handler.role ?? this.handler,
      'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      'The actions are those that publishing to a topic with a key takes, as aws-cdk-lib grants them, on this one key.',
    );
  }

  public addBus(options: BatchEventDestinationOptions): void {
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

  private add(kind: NotificationTarget['kind'], arn: string, options: BatchNotificationOptions): void {
    const { onSuccess = true, onFailure = true, linkExpiry = Duration.hours(1) } = options;
    const { scope } = this.batch;
    requireDuration(scope, 'linkExpiry', linkExpiry, { min: Duration.minutes(1), max: Duration.hours(12) });
    if (!onSuccess && !onFailure) {
      throw validationError(
        scope,
        'NotificationWithoutTrigger',
        'onSuccess and onFailure are both false: nothing would be sent',
      );
    }
    this.targets.push({ kind, arn, onSuccess, onFailure, linkSeconds: linkExpiry.toSeconds() });
  }

  private defaultBusArn(): string {
    return Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
  }
}
