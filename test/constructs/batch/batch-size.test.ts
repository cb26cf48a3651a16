import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { AnalysisScript, BatchAnalysis, BatchAnalysisAlarms, BatchResultsTable, CodeInterpreter } from '../../../lib';

/** How many resources a batch adds to its stack. */
function sizeOf(add: (batch: BatchAnalysis, stack: Stack) => void): number {
  const count = (withBatch: boolean) => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
    new sns.Topic(stack, 'Topic');
    const interpreter = new CodeInterpreter(stack, 'Interpreter');
    if (withBatch) {
      const script = AnalysisScript.fromAsset(join(__dirname, '../../fixtures/analyses/count.py'));
      const batch = new BatchAnalysis(stack, 'Sales', { interpreter, script });
      add(batch, stack);
    }
    return Object.keys(Template.fromStack(stack).toJSON().Resources).length;
  };
  return count(true) - count(false);
}

function everything(batch: BatchAnalysis, stack: Stack): void {
  batch.addSchedule('Nightly', { schedule: scheduler.ScheduleExpression.rate(Duration.days(1)) });
  const uploads = batch.addUploadTrigger('Uploads');
  batch.addNotification(stack.node.findChild('Topic') as sns.Topic);
  batch.addEventDestination();
  new BatchResultsTable(stack, 'Table', { batch });
  new BatchAnalysisAlarms(stack, 'Alarms', {
    batch,
    failedItems: 1,
    successWithin: Duration.hours(26),
    deadLetterQueues: [uploads],
  });
}

test('the resources of a batch are those that docs/scale.md states', () => {
  const stated = /a batch takes (\d+) resources, (\d+) with everything/.exec(
    readFileSync(join(__dirname, '../../../docs/scale.md'), 'utf8'),
  );
  expect([sizeOf(() => {}), sizeOf(everything)]).toEqual([Number(stated?.[1]), Number(stated?.[2])]);
});

test('a stack with more resources than CloudFormation takes fails, with the way', () => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Stack');
  const interpreter = new CodeInterpreter(stack, 'Interpreter');
  new BatchAnalysis(stack, 'Sales', {
    interpreter,
    script: AnalysisScript.fromAsset(join(__dirname, '../../fixtures/analyses/count.py')),
  });
  for (let index = 0; index < 500; index += 1) {
    new iam.CfnRole(stack, `Role${index}`, { assumeRolePolicyDocument: {} });
  }
  expect(() => app.synth()).toThrow(
    /the stack has 5\d\d resources, and CloudFormation takes 500: put batches into nested stacks/,
  );
});
