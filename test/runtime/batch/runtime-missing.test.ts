import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { BatchSettings, RunItemsRequest, StartedSession } from '../../../lib/contract/batch';
import type { ItemResult } from '../../../lib/contract/batch-item';
import { type Emulator, startEmulator } from '../../../lib/local/emulator';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import type * as programs from '../../../lib/local/sandbox/programs';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';
import { localHandler } from '../../support/local-handler';
import { SALES } from '../../support/planning';

jest.mock('../../../lib/local/sandbox/programs', () => ({
  ...jest.requireActual<typeof programs>('../../../lib/local/sandbox/programs'),
  findDeno: () => undefined,
}));

describe.each([
  ['within requests', false],
  ['in the background', true],
] as const)('where Deno is not installed, items in TypeScript that run %s', (_, longItems) => {
  let s3: LocalS3;
  let store: ObjectStore;
  let emulator: Emulator;
  let worker: LocalLambda;

  beforeAll(async () => {
    s3 = await startLocalS3();
    await s3.client.send(new CreateBucketCommand({ Bucket: 'staging' }));
    store = new ObjectStore('staging', s3.client);
    await store.put('script', Buffer.from('console.log(1);'), 'text/plain');
    await store.put('incoming/a.csv', 'x', 'text/csv');
    emulator = await startEmulator({ s3Endpoint: s3.endpoint });
    const settings: BatchSettings = {
      ...SALES,
      script: { name: 'script.ts', language: 'typescript', parameters: {} },
      longItems,
    };
    const environment = {
      BATCH_SETTINGS: JSON.stringify(settings),
      STAGING_BUCKET: 'staging',
      SCRIPT_BUCKET: 'staging',
      SCRIPT_KEY: 'script',
      CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: emulator.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    };
    worker = localHandler('batch-worker', environment, undefined, 900);
  });

  afterAll(async () => {
    await worker.stop();
    await emulator.stop();
    await s3.stop();
  });

  test('fail at once, by that name, and ask for no other session', async () => {
    const start = { action: 'start', runId: 'run-1', stage: 'analyse', childName: 'child', attempt: 1 };
    const { sessionId } = (await worker.invoke(start)) as StartedSession;
    const ids = ['000001-a.csv', '000002-a.csv'];
    const request: RunItemsRequest = {
      action: 'run',
      context: { runId: 'run-1', stage: 'analyse', parameters: {} },
      sessionId,
      items: ids.map((id) => ({ id, key: 'incoming/a.csv', bytes: 1 })),
      suspects: [],
      sessionEndsAt: Date.now() / 1000 + 36_000,
      tasks: [],
      preparedSession: '',
    };
    expect(await worker.invoke(request)).toMatchObject({ status: 'done', failed: 2, suspects: [] });
    for (const id of ids) {
      const result = await store.findJson<ItemResult>(`runs/Sales/run-1/items/${id}/result.json`);
      expect(result?.error).toEqual({
        name: 'RuntimeMissing',
        message: expect.stringMatching(/^scripts in JavaScript and TypeScript run in Deno: .*install/),
      });
    }
  });
});
