import type { UploadTrigger } from '../../../lib/contract/batch-start';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { localHandler } from '../../support/local-handler';
import { LocalStepFunctions } from '../../support/local-step-functions';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:uploads';
const TRIGGER: UploadTrigger = {
  queue: QUEUE,
  trigger: 'Uploads',
  prefix: 'incoming/',
  suffixes: ['.csv'],
  parameters: { currency: 'EUR' },
};
const PICKY_QUEUE = 'arn:aws:sqs:us-east-1:000000000000:picky';
/** The batch's prefix is wider than the trigger's; its patterns are of what follows its own. */
const PICKY: UploadTrigger = {
  ...TRIGGER,
  queue: PICKY_QUEUE,
  trigger: 'Picky',
  prefix: 'incoming/eu/',
  filters: { prefix: 'incoming/', include: ['eu/2026/*.csv'], exclude: ['**/draft-*'] },
};

const message = (key: string, sequencer = '0062E99A88DC407460', queue = QUEUE) => ({
  messageId: `${key}#${sequencer}`,
  eventSourceARN: queue,
  body: JSON.stringify({ source: 'aws.s3', detail: { bucket: { name: 'staging' }, object: { key, sequencer } } }),
});

/** The bundle that is deployed, through the SDK, against a stand-in of Step Functions. */
describe('uploads that have gathered', () => {
  const stepFunctions = new LocalStepFunctions();
  let starter: LocalLambda;

  beforeAll(async () => {
    starter = localHandler('batch-starter', {
      AWS_ENDPOINT_URL_SFN: await stepFunctions.start(),
      STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:Sales',
      BATCH_NAME: 'Sales',
      STAGING_BUCKET: 'staging',
      UPLOAD_TRIGGERS: JSON.stringify([TRIGGER, PICKY]),
    });
  });

  afterAll(async () => {
    await starter.stop();
    await stepFunctions.stop();
  });

  beforeEach(() => stepFunctions.reset());

  const deliver = (...Records: object[]) => starter.invoke({ Records });
  const nothingFailed = { batchItemFailures: [] };

  test('start one execution together', async () => {
    await expect(deliver(message('incoming/b ü.csv'), message('incoming/a+1.csv'))).resolves.toEqual(nothingFailed);
    expect(stepFunctions.executions.map(({ name }) => name)).toEqual([expect.stringMatching(/^Uploads-[0-9a-f]{32}$/)]);
    expect(Object.values(stepFunctions.inputs)).toEqual([
      { items: ['incoming/a+1.csv', 'incoming/b ü.csv'], parameters: { currency: 'EUR' } },
    ]);
  });

  test('the same messages, delivered twice and in another order, start one execution', async () => {
    const messages = [message('incoming/a.csv'), message('incoming/b.csv')];
    await deliver(...messages);
    for (const execution of stepFunctions.executions) {
      execution.status = 'SUCCEEDED';
    }
    await expect(deliver(...messages.toReversed())).resolves.toEqual(nothingFailed);
    expect(stepFunctions.executions).toHaveLength(1);
  });

  test('an object that was written twice is one item; written again later, it starts another execution', async () => {
    await deliver(message('incoming/a.csv', '0A'), message('incoming/a.csv', '0B'));
    await deliver(message('incoming/a.csv', '0B'));
    expect(Object.values(stepFunctions.inputs)).toHaveLength(1);
    await deliver(message('incoming/a.csv', '0100'));
    expect(Object.values(stepFunctions.inputs)).toEqual([
      { items: ['incoming/a.csv'], parameters: { currency: 'EUR' } },
      { items: ['incoming/a.csv'], parameters: { currency: 'EUR' } },
    ]);
  });

  test('what the batch itself would not take for an item is none', async () => {
    const keys = [
      'incoming/eu/2026/a.csv',
      'incoming/eu/2026/draft-b.csv',
      'incoming/eu/2025/c.csv',
      'incoming/eu/d.csv',
    ];
    await expect(deliver(...keys.map((key) => message(key, '0A', PICKY_QUEUE)))).resolves.toEqual(nothingFailed);
    expect(Object.values(stepFunctions.inputs)).toEqual([
      { items: ['incoming/eu/2026/a.csv'], parameters: { currency: 'EUR' } },
    ]);
  });

  test('folders, other prefixes and other endings are no items', async () => {
    const others = ['incoming/', 'incoming/day.csv/', 'runs/a.csv', 'incoming/a.txt'].map((key) => message(key));
    await expect(deliver(...others)).resolves.toEqual(nothingFailed);
    expect(stepFunctions.executions).toEqual([]);
  });

  test('a message that cannot be read comes back, and does not cost the others', async () => {
    const broken = { ...message('x'), messageId: 'broken', body: 'no JSON' };
    await expect(deliver(broken, message('incoming/a.csv'))).resolves.toEqual({
      batchItemFailures: [{ itemIdentifier: 'broken' }],
    });
    expect(stepFunctions.executions).toHaveLength(1);
  });

  test('messages come back when Step Functions refuses', async () => {
    stepFunctions.failure = { status: 400, type: 'ExecutionLimitExceeded' };
    const messages = [message('incoming/a.csv', '0A'), message('incoming/a.csv', '0B')];
    await expect(deliver(...messages)).resolves.toEqual({
      batchItemFailures: messages.map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
  });

  test('messages of a queue that no trigger has come back', async () => {
    const stray = message('incoming/a.csv', '0A', 'arn:aws:sqs:us-east-1:000000000000:other');
    await expect(deliver(stray)).resolves.toEqual({ batchItemFailures: [{ itemIdentifier: stray.messageId }] });
  });

  test('more keys than an input takes make several executions, with each key once', async () => {
    const keys = Array.from({ length: 600 }, (_, index) => `incoming/${'ü'.repeat(480)}${index}.csv`);
    await expect(deliver(...keys.map((key) => message(key)))).resolves.toEqual(nothingFailed);
    const sizes = stepFunctions.executions.map(({ input }) => Buffer.byteLength(input));
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(262_144);
    const items = Object.values(stepFunctions.inputs).flatMap((input) => (input as { items: string[] }).items);
    expect(items.sort()).toEqual(keys.sort());
  });
});
