import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { RunSummary } from '../../contract/batch';
import {
  type NotificationTarget,
  RUN_EVENT_SOURCE,
  type RunEventDetail,
  RunEventType,
} from '../../contract/batch-events';
import { RunLayout, runsPrefix } from '../../contract/layout';
import { describeRun, type ExecutionEnded, isOfExecution, runIdOf } from '../batch-events/ended-execution';
import { failureReason } from '../failure-reason';
import type { ObjectStore } from '../staging/object-store';
import { notificationSubject, notificationText } from './notification-text';

/** Notifies topics and event buses that an execution has ended. */
export class Notifier {
  constructor(
    private readonly batch: string,
    private readonly targets: NotificationTarget[],
    private readonly store: ObjectStore,
    private readonly topics: SNSClient = new SNSClient({}),
    private readonly buses: EventBridgeClient = new EventBridgeClient({}),
  ) {}

  /** Tries all targets before it fails for one: a second call notifies them all again. */
  async tell(event: ExecutionEnded): Promise<void> {
    const succeeded = event.detail.status === 'SUCCEEDED';
    const targets = this.targets.filter(({ onSuccess, onFailure }) => (succeeded ? onSuccess : onFailure));
    if (targets.length === 0) {
      return;
    }
    const found = await this.store.findJson<RunSummary>(
      new RunLayout(this.batch, runIdOf(event.detail.name, event.detail.input)).summary,
    );
    const summary = found && isOfExecution(found, event) ? found : undefined;
    const reason = await failureReason(event.detail.cause, this.store, runsPrefix(this.batch));
    const run = describeRun(this.batch, event, summary, reason);
    const outcomes = await Promise.allSettled(
      targets.map(async (target) => this.send(target, await this.withLink(run, summary, target.linkSeconds))),
    );
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `${failures.length} of ${targets.length} targets were not notified: ${failures[0]}`,
      );
    }
  }

  private async withLink(
    run: Omit<RunEventDetail, 'report'>,
    summary: RunSummary | undefined,
    seconds: number,
  ): Promise<RunEventDetail> {
    if (!summary) {
      return run;
    }
    const { reportKey: key } = summary;
    const urlExpiresAt = new Date(Date.now() + seconds * 1000).toISOString();
    return {
      ...run,
      report: { bucket: this.store.bucket, key, url: await this.store.urlToGet(key, seconds), urlExpiresAt },
    };
  }

  private async send({ kind, arn }: NotificationTarget, detail: RunEventDetail): Promise<void> {
    if (kind === 'topic') {
      await this.publish(arn, detail);
    } else {
      await this.putEvent(arn, detail);
    }
  }

  private async publish(topic: string, detail: RunEventDetail): Promise<void> {
    const attribute = (value: string) => ({ DataType: 'String', StringValue: value });
    await this.topics.send(
      new PublishCommand({
        TopicArn: topic,
        Subject: notificationSubject(detail),
        Message: notificationText(detail),
        // For filter policies of subscriptions.
        MessageAttributes: { batch: attribute(detail.batch), status: attribute(detail.status) },
      }),
    );
  }

  private async putEvent(bus: string, detail: RunEventDetail): Promise<void> {
    const { Entries } = await this.buses.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: bus,
            Source: RUN_EVENT_SOURCE,
            DetailType: detail.status === 'succeeded' ? RunEventType.finished : RunEventType.failed,
            Resources: [detail.executionArn],
            Time: new Date(detail.finishedAt),
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    const refused = Entries?.find(({ ErrorCode }) => ErrorCode);
    if (refused) {
      // The call itself succeeds when an entry does not.
      throw new Error(`the event bus refused the event: ${refused.ErrorCode}: ${refused.ErrorMessage}`);
    }
  }
}
