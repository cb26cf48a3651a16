import { setImmediate } from 'node:timers/promises';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { ScheduledStart } from '../../../lib/contract/batch-start';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import { failureDetails } from '../../support/failure-details';
import { localHandler } from '../../support/local-handler';
import { LocalStepFunctions } from '../../support/local-step-functions';

/** The bundle that is deployed, through the SDK, against a stand-in of Step Functions. */
describe('a schedule that is due', () => {
  const stepFunctions = new LocalStepFunctions();
  const lines: string[] = [];
  let starter: LocalLambda;
  let s3: LocalS3;

  beforeAll(async () => {
    s3 = await startLocalS3();
    await s3.client.send(new CreateBucketCommand({ Bucket: 'staging' }));
    const environment = {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_SFN: await stepFunctions.start(),
      STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:Sales',
      BATCH_NAME: 'Sales',
      STAGING_BUCKET: 'staging',
      UPLOAD_TRIGGERS: '[]',
    };
    starter = localHandler('batch-starter', environment, (line) => lines.push(...line.split('\n')));
  });

  afterAll(async () => {
    await starter.stop();
    await stepFunctions.stop();
    await s3.stop();
  });

  beforeEach(() => {
    stepFunctions.reset();
    lines.length = 0;
  });

  const due = (changes: Partial<ScheduledStart> = {}): ScheduledStart => ({
    kind: 'schedule',
    schedule: 'Nightly',
    scheduledTime: '2026-11-22T01:00:00Z',
    timeZone: 'Europe/Zurich',
    lookBackSeconds: 0,
    parameters: {},
    skipIfRunning: true,
    ...changes,
  });

  test('starts an execution that is named after it, with the scheduled time as a parameter', async () => {
    await expect(starter.invoke(due())).resolves.toEqual({
      outcome: 'started',
      executionName: 'Nightly-20261122T010000Z',
    });
    expect(stepFunctions.inputs).toEqual({
      'Nightly-20261122T010000Z': { parameters: { scheduledTime: '2026-11-22T01:00:00.000Z' } },
    });
  });

  test('derives the prefix from the scheduled time, looking back, in its time zone', async () => {
    await starter.invoke(
      due({ prefix: 'incoming/{date}/', lookBackSeconds: 86_400, parameters: { region: 'EU', scheduledTime: 'mine' } }),
    );
    expect(Object.values(stepFunctions.inputs)).toEqual([
      {
        prefix: 'incoming/2026-11-21/',
        parameters: { region: 'EU', scheduledTime: '2026-11-22T01:00:00.000Z' },
      },
    ]);
  });

  test('called twice, it starts one execution, whether that runs still or has ended', async () => {
    await starter.invoke(due());
    const whileRunning = await starter.invoke(due());
    for (const execution of stepFunctions.executions) {
      execution.status = 'SUCCEEDED';
    }
    const after = await starter.invoke(due());
    const existed = { outcome: 'existed', executionName: 'Nightly-20261122T010000Z' };
    expect([whileRunning, after]).toEqual([existed, existed]);
    expect(stepFunctions.executions).toHaveLength(1);
  });

  test('starts nothing while another execution runs, and counts that', async () => {
    stepFunctions.executions.push({ name: 'by-hand', input: '{}', status: 'RUNNING' });
    await expect(starter.invoke(due())).resolves.toEqual({
      outcome: 'skipped',
      executionName: 'Nightly-20261122T010000Z',
      running: 'by-hand',
    });
    expect(stepFunctions.executions).toHaveLength(1);
    const isMetric = (line: string) => line.startsWith('{"_aws"');
    // What a thread prints comes by another way than its answer.
    while (!lines.some(isMetric)) {
      await setImmediate();
    }
    const metrics = lines.filter(isMetric).map((line) => JSON.parse(line));
    expect(metrics).toEqual([
      expect.objectContaining({
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'CdkAgentCoreCodeInterpreter/Batch',
              Dimensions: [['Batch', 'Bucket']],
              Metrics: [{ Name: 'StartsSkipped', Unit: 'Count' }],
            },
          ],
        },
        Batch: 'Sales',
        Bucket: 'staging',
        StartsSkipped: 1,
      }),
    ]);
  });

  test('starts beside another execution where the guard is off', async () => {
    stepFunctions.executions.push({ name: 'by-hand', input: '{}', status: 'RUNNING' });
    await expect(starter.invoke(due({ skipIfRunning: false }))).resolves.toMatchObject({ outcome: 'started' });
  });

  test('fails for what Step Functions refuses, so that Lambda calls it again', async () => {
    stepFunctions.failure = { status: 400, type: 'StateMachineDoesNotExist' };
    await expect(starter.invoke(due())).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  });

  test('fails for a time that is none', async () => {
    const failure = await starter
      .invoke(due({ scheduledTime: '<aws.scheduler.scheduled-time>' }))
      .catch((error) => failureDetails(error, s3.client));
    expect(failure).toMatchObject({
      error: 'InvalidRequest',
      message: 'scheduledTime: "<aws.scheduler.scheduled-time>" is no time, such as 2026-11-22T01:00:00Z',
    });
  });
});
