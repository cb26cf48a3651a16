import { BatchMetric } from '../../contract/batch-events';
import type { ScheduledStart, ScheduledStartResult, UploadTrigger } from '../../contract/batch-start';
import { EnvironmentName } from '../../contract/environment';
import { runsOfBatch } from '../batch/runs-of-batch';
import { embeddedMetrics, writeMetrics } from '../batch-events/embedded-metrics';
import { Executions } from '../batch-starter/executions';
import { startScheduled } from '../batch-starter/scheduled-start';
import { type QueueEvent, type QueueResponse, startForUploads } from '../batch-starter/upload-start';
import { lambdaHandler } from '../lambda-handler';
import { required } from '../settings';

let executions: Executions | undefined;

/** Starts executions of a batch: for a schedule that is due, and for uploads that have gathered in a queue. */
export const handler = lambdaHandler(runsOfBatch, startExecutions);

async function startExecutions(event: ScheduledStart | QueueEvent): Promise<ScheduledStartResult | QueueResponse> {
  executions ??= new Executions(required(EnvironmentName.stateMachineArn));
  if ('Records' in event) {
    const triggers = JSON.parse(required(EnvironmentName.uploadTriggers)) as UploadTrigger[];
    return startForUploads(event, triggers, executions, console.log);
  }
  const result = await startScheduled(event, executions);
  console.log(JSON.stringify(result));
  if (result.outcome === 'skipped') {
    writeMetrics(skipped());
  }
  return result;
}

function skipped(): string {
  const [batch, bucket] = [required(EnvironmentName.batchName), required(EnvironmentName.stagingBucket)];
  return embeddedMetrics(batch, bucket, [{ name: BatchMetric.startsSkipped, unit: 'Count', value: 1 }], Date.now());
}
