import { Duration } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeDeadLetterQueueRules, acknowledgeQueueEncryption } from '../compliance/workload-acknowledgements';

/** A queue for what has failed for good: kept as long as SQS keeps anything, encrypted, over TLS only. */
export function deadLetterQueue(scope: Construct, id: string): sqs.Queue {
  const queue = new sqs.Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    encryption: sqs.QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
  });
  acknowledgeQueueEncryption(queue);
  acknowledgeDeadLetterQueueRules(queue);
  return queue;
}
