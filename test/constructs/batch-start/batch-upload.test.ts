import { Duration } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { AnalysisInput, type BatchUploadTriggerOptions } from '../../../lib';
import type { UploadTrigger } from '../../../lib/contract/batch-start';
import { batchTemplate, propertiesOf, readable, statementsOf } from '../../support/batch-stack';
import { WRITES_FAILURE_DETAILS } from '../template-of';

const triggered = (options?: BatchUploadTriggerOptions, input?: AnalysisInput): Template =>
  batchTemplate((batch) => batch.addUploadTrigger('Uploads', options), input ? { input } : {});

const template = triggered();
const ruleOf = (of: Template) => propertiesOf(of, 'AWS::Events::Rule', 'SalesStartsUploadsRule')[0] ?? {};
const sourceOf = (of: Template) => propertiesOf(of, 'AWS::Lambda::EventSourceMapping', '')[0] ?? {};

/** What the starter is told, with the queue's ARN left as it is. */
function triggersOf(of: Template): UploadTrigger[] {
  const [starter] = propertiesOf(of, 'AWS::Lambda::Function', 'SalesStartsStarter');
  const value = starter?.Environment.Variables.UPLOAD_TRIGGERS;
  const text =
    typeof value === 'string'
      ? value
      : value['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'QUEUE')).join('');
  return JSON.parse(text);
}

describe('a trigger for uploads, by default', () => {
  test("listens to the objects below the batch's prefix", () => {
    expect(readable(ruleOf(template).EventPattern)).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: {
        bucket: { name: [{ Ref: expect.stringMatching(/^InterpreterStaging/) }] },
        object: { key: [{ prefix: 'incoming/' }] },
      },
    });
  });

  test('gathers uploads for a minute, 100 at most, in two batches at a time at most', () => {
    expect(sourceOf(template)).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 60,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test('tries five times, then keeps what failed for two weeks', () => {
    expect(readable(propertiesOf(template, 'AWS::SQS::Queue', 'SalesStartsUploadsQueue'))).toEqual([
      {
        MessageRetentionPeriod: 345_600,
        RedrivePolicy: {
          deadLetterTargetArn: { 'Fn::GetAtt': ['SalesStartsUploadsDeadLetters', 'Arn'] },
          maxReceiveCount: 5,
        },
        SqsManagedSseEnabled: true,
        // Six times the Lambda's minute, and the window.
        VisibilityTimeout: 420,
      },
    ]);
    expect(propertiesOf(template, 'AWS::SQS::Queue', 'SalesStartsUploadsDeadLetters')).toEqual([
      { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true },
    ]);
  });

  test('tells the starter what the uploads are', () => {
    expect(triggersOf(template)).toEqual([
      { queue: 'QUEUE', trigger: 'Uploads', prefix: 'incoming/', suffixes: [], parameters: {} },
    ]);
  });

  test('has the bucket tell EventBridge', () => {
    const [bucket] = propertiesOf(template, 'AWS::S3::Bucket', 'InterpreterStaging').filter(
      ({ NotificationConfiguration }) => NotificationConfiguration,
    );
    expect(bucket?.NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
  });
});

test('every option arrives', () => {
  const full = triggered({
    prefix: 'incoming/eu/',
    suffixes: ['.csv', '.tsv'],
    batchingWindow: Duration.seconds(10),
    maxItems: 7,
    parameters: { currency: 'EUR' },
  });
  expect(ruleOf(full).EventPattern.detail.object).toEqual({
    key: [{ wildcard: 'incoming/eu/*.csv' }, { wildcard: 'incoming/eu/*.tsv' }],
  });
  expect(sourceOf(full)).toMatchObject({ BatchSize: 7, MaximumBatchingWindowInSeconds: 10 });
  expect(triggersOf(full)).toEqual([
    {
      queue: 'QUEUE',
      trigger: 'Uploads',
      prefix: 'incoming/eu/',
      suffixes: ['.csv', '.tsv'],
      parameters: { currency: 'EUR' },
    },
  ]);
});

test("the suffixes are those of the batch's input", () => {
  const of = triggered({}, AnalysisInput.fromPrefix('sales/', { suffixes: ['.json'] }));
  expect(ruleOf(of).EventPattern.detail.object).toEqual({ key: [{ wildcard: 'sales/*.json' }] });
});

test("the patterns of the batch's input hold for uploads too, wherever its trigger listens", () => {
  const input = AnalysisInput.fromPrefix('sales/', { include: ['**/*.csv'], exclude: ['**/draft-*'] });
  expect(triggersOf(triggered({ prefix: 'sales/eu/' }, input))[0]).toMatchObject({
    prefix: 'sales/eu/',
    filters: { prefix: 'sales/', include: ['**/*.csv'], exclude: ['**/draft-*'] },
  });
  const excluding = AnalysisInput.fromPrefix('sales/', { exclude: ['**/draft-*'] });
  expect(triggersOf(triggered({}, excluding))[0]?.filters).toEqual({ prefix: 'sales/', exclude: ['**/draft-*'] });
});

test('fails when the triggers take more than a Lambda’s environment has room for', () => {
  const many = (count: number) => () =>
    batchTemplate((batch) => {
      for (let index = 0; index < count; index += 1) {
        batch.addUploadTrigger(`Uploads${index}`, { parameters: { text: 'x'.repeat(900) } });
      }
    });
  expect(many(2)).not.toThrow();
  expect(many(3)).toThrow(
    "Test/Sales: the triggers for uploads take 3435 bytes in a Lambda's environment, with their parameters, suffixes and patterns, of at most 3300",
  );
});

test('what EventBridge cannot put into the queue is kept with what failed', () => {
  expect(readable(ruleOf(template).Targets)).toEqual([
    {
      Id: 'Target0',
      Arn: { 'Fn::GetAtt': ['SalesStartsUploadsQueue', 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['SalesStartsUploadsDeadLetters', 'Arn'] } },
    },
  ]);
});

test('two triggers have a queue each, and one starter', () => {
  const two = batchTemplate((batch) => {
    batch.addUploadTrigger('Csv', { suffixes: ['.csv'] });
    batch.addUploadTrigger('Json', { suffixes: ['.json'] });
  });
  expect(triggersOf(two).map(({ trigger }) => trigger)).toEqual(['Csv', 'Json']);
  expect(propertiesOf(two, 'AWS::Lambda::Function', 'SalesStarts')).toHaveLength(1);
});

describe('what a trigger may do', () => {
  const QUEUE = { 'Fn::GetAtt': ['SalesStartsUploadsQueue', 'Arn'] };

  test('the starter takes messages and starts executions', () => {
    expect(readable(statementsOf(template, 'SalesStartsStarter'))).toEqual([
      { Action: 'sqs:SendMessage', Effect: 'Allow', Resource: { 'Fn::GetAtt': ['SalesStartsDeadLetters', 'Arn'] } },
      { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' },
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': ['SalesStartsStarterLogs', 'Arn'] },
      },
      { Action: 'states:StartExecution', Effect: 'Allow', Resource: { Ref: 'SalesStateMachine' } },
      WRITES_FAILURE_DETAILS,
      {
        Action: [
          'sqs:ReceiveMessage',
          'sqs:ChangeMessageVisibility',
          'sqs:GetQueueUrl',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
        ],
        Effect: 'Allow',
        Resource: QUEUE,
      },
    ]);
  });

  test('the queue takes messages over TLS, from its own rule only', () => {
    const [policy] = propertiesOf(template, 'AWS::SQS::QueuePolicy', 'SalesStartsUploadsQueue');
    expect(readable(policy?.PolicyDocument.Statement)).toEqual([
      {
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Resource: QUEUE,
      },
      {
        Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
        Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['SalesStartsUploadsRule', 'Arn'] } } },
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: QUEUE,
      },
    ]);
  });
});

describe('a trigger with values that cannot work fails for', () => {
  test.each<[string, BatchUploadTriggerOptions, string]>([
    ['a prefix of someone else', { prefix: 'runs/' }, 'prefix must begin with the batch\'s prefix "incoming/"'],
    ['no window', { batchingWindow: Duration.seconds(0) }, 'batchingWindow must be 1 second to 5 minutes'],
    [
      'a window of six minutes',
      { batchingWindow: Duration.minutes(6) },
      'batchingWindow must be 1 second to 5 minutes',
    ],
    ['no items', { maxItems: 0 }, 'maxItems must be a whole number from 1 to 1000; got 0'],
    ['too many items', { maxItems: 1001 }, 'maxItems must be a whole number from 1 to 1000; got 1001'],
    [
      'an empty suffix',
      { suffixes: [''] },
      'a suffix must not be empty and must not contain "*" or "\\", such as ".csv"; got ""',
    ],
    ['a suffix with a wildcard', { suffixes: ['*.csv'] }, 'got "*.csv"'],
    ['parameters that are too large', { parameters: { text: 'x'.repeat(1000) } }, 'at most 1000 characters as JSON'],
  ])('%s', (_, options, message) => {
    expect(() => triggered(options)).toThrow('Test/Sales: ');
    expect(() => triggered(options)).toThrow(message);
  });

  test('an id that cannot be part of a name', () => {
    expect(() => batchTemplate((batch) => batch.addUploadTrigger('my uploads'))).toThrow('got "my uploads"');
  });
});
