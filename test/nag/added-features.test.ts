import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { AnalysisScript, BatchAnalysis, CodeInterpreter, CodeInterpreterTrail, StagingBucket } from '../../lib';

const script = () => AnalysisScript.fromAsset(join(__dirname, '../fixtures/analyses/count.py'));

/** Features that no example has, each as it comes by default. */
const features: Record<string, (stack: Stack) => void> = {
  'all log deliveries': (stack) => {
    new CodeInterpreter(stack, 'Interpreter', {
      observability: { usageLogs: true, applicationLogs: true, traces: true },
    });
  },
  'an upload trigger on an imported bucket': (stack) => {
    const staging = StagingBucket.fromBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'analyses'));
    const interpreter = new CodeInterpreter(stack, 'Interpreter', { staging });
    new BatchAnalysis(stack, 'Sales', { interpreter, script: script() }).addUploadTrigger('Uploads');
  },
  'a trail': (stack) => {
    new CodeInterpreterTrail(stack, 'Trail', { interpreters: [new CodeInterpreter(stack, 'Interpreter')] });
  },
  'an imported batch with a schedule': (stack) => {
    BatchAnalysis.fromBatchAnalysisAttributes(stack, 'Sales', {
      stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:sales',
      batchName: 'Sales',
      staging: StagingBucket.fromBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'analyses')),
    }).addSchedule('Nightly', { schedule: scheduler.ScheduleExpression.rate(Duration.days(1)) });
  },
};

test.each(Object.entries(features))('%s has no unacknowledged finding', (_, add) => {
  const app = new App({ analyticsReporting: false });
  add(new Stack(app, 'Stack'));
  app.synth();
  const packs = [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()];
  const findings = packs
    .flatMap((pack) => pack.validateScope(app).violations)
    .flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    )
    // Which key, if any, encrypts the staging bucket is up to the user, as in the examples.
    .filter((finding) => !/S3DefaultEncryptionKMS at Stack\/Interpreter\/StagingBucket\/Resource/.test(finding));
  expect(findings).toEqual([]);
});
