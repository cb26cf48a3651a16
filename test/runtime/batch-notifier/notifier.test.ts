import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { RunSummary } from '../../../lib/contract/batch';
import type { NotificationTarget, RunEventDetail } from '../../../lib/contract/batch-events';
import { failureKey, failureMessage } from '../../../lib/contract/failure-details';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import { AwsStandIn } from '../../support/aws-stand-in';
import { failureDetails } from '../../support/failure-details';
import { localHandler } from '../../support/local-handler';

const TOPIC: NotificationTarget = {
  kind: 'topic',
  arn: 'arn:aws:sns:us-east-1:000000000000:notices',
  onSuccess: true,
  onFailure: true,
  linkSeconds: 3600,
};
const BUS = { ...TOPIC, kind: 'bus', arn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' } as const;

const SUMMARY: RunSummary = {
  version: 1,
  batch: 'Sales',
  runId: 'nightly',
  status: 'failed',
  message: '3 of 10 items failed, more than the tolerated 0 %',
  startedAt: '2026-11-22T01:00:02.000Z',
  finishedAt: '2026-11-22T01:04:00.000Z',
  durationSeconds: 238,
  counts: { total: 10, succeeded: 7, failed: 3, skipped: 0 },
  tolerated: { percentage: 0 },
  warnings: [],
  failures: [{ name: 'ScriptFailed', message: 'ValueError: no header', count: 3, items: ['000001-a.csv'] }],
  sessions: { used: 2, orphaned: 0 },
  cost: {
    cpu: 0.01,
    memory: 0.0015,
    lambda: 0.0005,
    stepFunctions: 0.0004,
    s3: 0.0001,
    total: 0.0125,
    pricesAsOf: '2026-11',
  },
  script: { name: 'sales.py', language: 'python' },
  parameters: {},
  bucket: 'staging',
  resultsKey: 'runs/Sales/nightly/results.jsonl',
  tableKey: 'runs/Sales/nightly/results.csv',
  reportKey: 'runs/Sales/nightly/report.html',
};

const DETAILS = failureKey('runs/Sales/', 'request-1');
/** As Step Functions has it from Lambda. */
const CAUSE = JSON.stringify({
  errorType: 'InvalidInput',
  errorMessage: failureMessage({ bucket: 'staging', key: DETAILS }),
  trace: [],
});

const START = Date.parse('2026-11-22T01:00:00Z');
const ARN = 'arn:aws:states:us-east-1:000000000000:execution:Sales:nightly';

const ended = (status: string, detail: object = {}) => ({
  source: 'aws.states',
  detail: {
    executionArn: ARN,
    name: 'nightly',
    status,
    startDate: START,
    stopDate: START + 300_000,
    input: '{}',
    ...detail,
  },
});

/** The bundle that is deployed, through the SDKs, against a local S3 and a stand-in of SNS and EventBridge. */
describe('an execution that has ended', () => {
  let s3: LocalS3;
  let endpoint: string;
  const lambdas: LocalLambda[] = [];
  let refuseEvents = false;
  const standIn = new AwsStandIn(({ operation }) =>
    operation === 'Publish'
      ? {
          body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
        }
      : {
          body: refuseEvents
            ? { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }] }
            : { FailedEntryCount: 0, Entries: [{ EventId: '1' }] },
        },
  );

  beforeAll(async () => {
    [s3, endpoint] = await Promise.all([startLocalS3(), standIn.start()]);
    await s3.client.send(new CreateBucketCommand({ Bucket: 'staging' }));
    await put(SUMMARY);
    await s3.client.send(
      new PutObjectCommand({ Bucket: 'staging', Key: DETAILS, Body: JSON.stringify({ message: 'no object a.csv' }) }),
    );
    await s3.client.send(
      new PutObjectCommand({ Bucket: 'staging', Key: SUMMARY.reportKey, Body: '<h1>the report</h1>' }),
    );
  });

  afterAll(async () => {
    await Promise.all(lambdas.map((lambda) => lambda.stop()));
    await Promise.all([s3.stop(), standIn.stop()]);
  });

  beforeEach(() => {
    standIn.requests.length = 0;
    refuseEvents = false;
  });

  const put = (summary: RunSummary) =>
    s3.client.send(
      new PutObjectCommand({
        Bucket: 'staging',
        Key: `runs/Sales/${summary.runId}/summary.json`,
        Body: JSON.stringify(summary),
      }),
    );

  async function tell(event: object, targets: NotificationTarget[] = [TOPIC, BUS]): Promise<void> {
    const lambda = localHandler('batch-notifier', {
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_SNS: endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
      BATCH_NAME: 'Sales',
      STAGING_BUCKET: 'staging',
      NOTICE_TARGETS: JSON.stringify(targets),
    });
    lambdas.push(lambda);
    await lambda.invoke(event);
  }

  function events(): { entry: Record<string, unknown>; detail: RunEventDetail }[] {
    return standIn.of('PutEvents').flatMap(({ Entries }) =>
      (Entries as Record<string, unknown>[]).map((entry) => ({
        entry,
        detail: JSON.parse(String(entry.Detail)) as RunEventDetail,
      })),
    );
  }

  const message = () => String(standIn.of('Publish')[0]?.Message);

  test('is told of with what failed, the counts, the cost and a link that opens the report', async () => {
    await tell(ended('FAILED', { error: 'TooManyItemsFailed', cause: SUMMARY.message }));
    const [event] = events();
    expect(event?.entry).toMatchObject({
      EventBusName: BUS.arn,
      Source: 'cdk-agentcore-code-interpreter',
      DetailType: 'Batch Run Failed',
      Resources: [ARN],
    });
    expect(event?.detail).toEqual({
      version: 1,
      batch: 'Sales',
      runId: 'nightly',
      status: 'failed',
      message: SUMMARY.message,
      error: 'TooManyItemsFailed',
      executionArn: ARN,
      executionName: 'nightly',
      startedAt: '2026-11-22T01:00:00.000Z',
      finishedAt: '2026-11-22T01:05:00.000Z',
      counts: SUMMARY.counts,
      failures: [{ name: 'ScriptFailed', message: 'ValueError: no header', count: 3 }],
      cost: SUMMARY.cost,
      report: {
        bucket: 'staging',
        key: SUMMARY.reportKey,
        url: expect.stringContaining('X-Amz-Expires=3600'),
        urlExpiresAt: expect.stringMatching(/^\d{4}-/),
      },
    });
    const link = await fetch(String(event?.detail.report?.url));
    await expect(link.text()).resolves.toBe('<h1>the report</h1>');
  });

  test('makes a notice that people can read', async () => {
    await tell(ended('FAILED', { error: 'TooManyItemsFailed', cause: SUMMARY.message }), [TOPIC]);
    expect(standIn.of('Publish')).toEqual([
      expect.objectContaining({
        TopicArn: TOPIC.arn,
        Subject: 'Batch Sales failed: 3 of 10 items failed, more than the tolerated 0 %',
      }),
    ]);
    expect(message()).toContain('Items:    10: 7 succeeded, 3 failed, 0 skipped\n');
    expect(message()).toContain('Cost:     USD 0.0125, estimated at prices of 2026-11\n');
    expect(message()).toContain('What failed:\n  3 x ScriptFailed: ValueError: no header\n');
    expect(message()).toMatch(/\nhttp:\/\/\S+X-Amz-Signature=\S+\nIt stays at s3:\/\/staging\/runs\/Sales\/nightly\//);
  });

  test('carries batch and status as attributes, for filter policies', async () => {
    await tell(ended('ABORTED'), [TOPIC]);
    expect(standIn.of('Publish')[0]).toMatchObject({
      'MessageAttributes.entry.1.Name': 'batch',
      'MessageAttributes.entry.1.Value.StringValue': 'Sales',
      'MessageAttributes.entry.2.Name': 'status',
      'MessageAttributes.entry.2.Value.StringValue': 'aborted',
    });
  });

  test('a success is a finished run', async () => {
    const message = 'all 10 items succeeded';
    await put({ ...SUMMARY, runId: 'fine', status: 'succeeded', message, failures: [] });
    await tell(ended('SUCCEEDED', { name: 'fine' }), [BUS]);
    expect(events()[0]?.entry.DetailType).toBe('Batch Run Finished');
    expect(events()[0]?.detail).toMatchObject({ status: 'succeeded', runId: 'fine', message });
  });

  test.each([
    [
      'that Plan refused',
      'FAILED',
      { error: 'InvalidInput', cause: '{"errorType":"InvalidInput","errorMessage":"there is no object"}' },
      { status: 'failed', error: 'InvalidInput', message: 'there is no object' },
    ],
    [
      'that timed out',
      'TIMED_OUT',
      { error: 'States.Timeout' },
      { status: 'timedOut', message: 'the execution timed out' },
    ],
    ['that was stopped', 'ABORTED', {}, { status: 'aborted', message: 'the execution was stopped' }],
    ['without a cause', 'FAILED', { error: null, cause: null }, { message: 'the execution failed' }],
  ])('one %s is told of, too, without a report', async (_, status, detail, expected) => {
    await tell(ended(status, { name: 'early', ...detail }));
    expect(events()[0]?.detail).toMatchObject({ runId: 'early', ...expected });
    expect(events()[0]?.detail).not.toHaveProperty('report');
    expect(message()).toContain('There is no report: the execution ended before it was written.');
  });

  test('one that resumed a run is told of by the report of the run', async () => {
    await tell(ended('FAILED', { name: 'again', input: '{"runId":"nightly"}' }), [BUS]);
    expect(events()[0]?.detail).toMatchObject({ runId: 'nightly', executionName: 'again', counts: SUMMARY.counts });
  });

  test.each([
    ['stopped', 'ABORTED', {}, 'the execution was stopped'],
    ['cut off', 'TIMED_OUT', {}, 'the execution timed out'],
    ['refused by Plan', 'FAILED', { error: 'InvalidInput', cause: 'there is no object' }, 'there is no object'],
    ['refused by Plan, which left details', 'FAILED', { error: 'InvalidInput', cause: CAUSE }, 'no object a.csv'],
  ])(
    'one that was redriven, and %s, did not end as the report of its first try says',
    async (_, status, detail, text) => {
      await tell(ended(status, detail), [BUS]);
      expect(events()[0]?.detail).toMatchObject({ runId: 'nightly', message: text });
    },
  );

  test('a report from before it began is not its own', async () => {
    const later = { startDate: START + 86_400_000, stopDate: START + 86_500_000 };
    await tell(ended('FAILED', { input: '{"runId":"nightly"}', error: 'InvalidRequest', ...later }), [BUS]);
    expect(events()[0]?.detail).toMatchObject({ runId: 'nightly', message: 'InvalidRequest' });
    expect(events()[0]?.detail).not.toHaveProperty('counts');
  });

  test.each(['../../secret', 'a/b', 7])(
    'an input that Plan refused, such as runId %p, leads nowhere else',
    async (runId) => {
      await tell(ended('FAILED', { name: 'odd', input: JSON.stringify({ runId }) }), [BUS]);
      expect(events()[0]?.detail.runId).toBe('odd');
    },
  );

  test('those who want to hear of failures only, or of successes only, do', async () => {
    const targets = [
      { ...TOPIC, onSuccess: false },
      { ...BUS, onFailure: false },
    ];
    await tell(ended('SUCCEEDED'), targets);
    expect(standIn.requests.map(({ operation }) => operation)).toEqual(['PutEvents']);
    await tell(ended('TIMED_OUT'), targets);
    expect(standIn.requests.map(({ operation }) => operation)).toEqual(['PutEvents', 'Publish']);
  });

  test('fails when one target was not told, after it has told the others', async () => {
    refuseEvents = true;
    const failure = await tell(ended('FAILED')).catch((error) => failureDetails(error, s3.client));
    expect(failure).toMatchObject({
      message:
        '1 of 2 targets were not notified: Error: the event bus refused the event: ThrottlingException: slow down',
    });
    expect(standIn.of('Publish')).toHaveLength(1);
  });

  test('long and foreign text is cut to what SNS takes as a subject', async () => {
    await tell(ended('FAILED', { name: 'long', cause: `Zürich\n${'x'.repeat(5000)}` }), [TOPIC, BUS]);
    const subject = String(standIn.of('Publish')[0]?.Subject);
    expect(subject).toMatch(/^Batch Sales failed: Z rich x+\.\.\.$/);
    expect(subject).toHaveLength(100);
    expect(events()[0]?.detail.message).toHaveLength(1000);
  });
});
