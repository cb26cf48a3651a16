import { join } from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps, TimeZone, Validations } from 'aws-cdk-lib';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import {
  AnalysisInput,
  AnalysisScript,
  BatchAnalysis,
  BatchAnalysisAlarms,
  CodeInterpreter,
  CodeInterpreterDashboard,
} from '../../lib';

/** The settings of the example. */
export interface ScheduledBatchStackProps extends StackProps {
  /** Who gets the notifications. Default: nobody subscribes. */
  readonly email?: string;
}

/** A batch that runs every night over the files of the day before, and at once for what is put under `incoming/express/`. */
export class ScheduledBatchStack extends Stack {
  constructor(scope: Construct, id: string, props: ScheduledBatchStackProps = {}) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    const batch = new BatchAnalysis(this, 'Datasets', {
      interpreter,
      script: AnalysisScript.fromAsset(join(__dirname, '../vega-datasets/analysis.py')),
      input: AnalysisInput.fromPrefix('incoming/', { suffixes: ['.csv', '.json'] }),
      toleratedFailurePercentage: 10,
    });

    batch.addSchedule('Nightly', {
      schedule: ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.EUROPE_ZURICH }),
      flexibleWindow: Duration.minutes(15),
      prefix: 'incoming/daily/{date}/',
      lookBack: Duration.days(1),
    });
    const uploads = batch.addUploadTrigger('Express', { prefix: 'incoming/express/' });

    const topic = this.makeTopic(props.email);
    batch.addNotification(topic, { linkExpiry: Duration.hours(8) });
    batch.addEventDestination();
    new BatchAnalysisAlarms(this, 'Alarms', {
      batch,
      successWithin: Duration.hours(26),
      deadLetterQueues: [
        batch.startDeadLetterQueue,
        uploads.deadLetterQueue?.queue,
        batch.notificationDeadLetterQueue,
      ].filter((queue) => queue !== undefined),
      actions: [new actions.SnsAction(topic)],
    });
    new CodeInterpreterDashboard(this, 'Dashboard', { interpreter, batches: [batch] });

    new CfnOutput(this, 'StagingBucketName', { value: batch.staging.bucket.bucketName });
    new CfnOutput(this, 'UploadQueueUrl', { value: uploads.queueUrl });
    for (const pack of ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321']) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason: 'SSE-S3 is enough for the public data sets of this example, and costs no key.',
      });
    }
  }

  /**
   * Notifications name items and causes of failure: they are encrypted. CloudWatch needs a key whose policy lets it in, and,
   * since `enforceSSL` replaces the policy that a topic has by default, a topic whose policy does.
   */
  private makeTopic(email: string | undefined): sns.Topic {
    const masterKey = new kms.Key(this, 'NotificationKey', { enableKeyRotation: true });
    const alarms = new iam.ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    });
    masterKey.grantEncryptDecrypt(alarms);
    const topic = new sns.Topic(this, 'Notifications', { masterKey, enforceSSL: true });
    topic.grantPublish(alarms);
    if (email) {
      topic.addSubscription(new subscriptions.EmailSubscription(email));
    }
    return topic;
  }
}
