import { Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeDeadLetterQueueRules, acknowledgeQueueEncryption } from '../compliance/workload-acknowledgements';

/** A dead-letter queue: maximum retention, encrypted, over TLS only. */
export function deadLetterQueue(scope: Construct, id: string, key: kms.IKey | undefined): sqs.Queue {
  const queue = new sqs.Queue(scope, id, { retentionPeriod: Duration.days(14), enforceSSL: true, ...encryption(key) });
  acknowledgeEncryption(queue, key);
  acknowledgeDeadLetterQueueRules(queue);
  return queue;
}

/** A queue that EventBridge sends to, encrypted and over TLS only. */
export function eventQueue(scope: Construct, id: string, key: kms.IKey | undefined, props: sqs.QueueProps): sqs.Queue {
  const queue = new sqs.Queue(scope, id, { enforceSSL: true, ...props, ...encryption(key) });
  acknowledgeEncryption(queue, key);
  return queue;
}

/**
 * Lets EventBridge send to queues that a key encrypts. The owner of an imported key has to allow it.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export function allowEventsToUse(key: kms.IKey | undefined): void {
  key?.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(key).account } },
    }),
  );
}

function encryption(key: kms.IKey | undefined): Pick<sqs.QueueProps, 'encryption' | 'encryptionMasterKey'> {
  return key
    ? { encryption: sqs.QueueEncryption.KMS, encryptionMasterKey: key }
    : { encryption: sqs.QueueEncryption.SQS_MANAGED };
}

function acknowledgeEncryption(queue: sqs.Queue, key: kms.IKey | undefined): void {
  if (!key) {
    acknowledgeQueueEncryption(queue);
  }
}
