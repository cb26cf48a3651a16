import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { BatchSettings, RunItemsRequest, StartedSession } from '../../../lib/contract/batch';
import type { ItemResult } from '../../../lib/contract/batch-item';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { type LocalServices, startLocalServices } from '../../../lib/local/runner/local-services';
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
  let services: LocalServices;
  let store: ObjectStore;
  let worker: LocalLambda;

  beforeAll(async () => {
    services = await startLocalServices();
    const { client } = services.s3;
    await client.send(new CreateBucketCommand({ Bucket: 'staging' }));
    store = new ObjectStore('staging', client);
    await store.put('script', Buffer.from('console.log(1);'), 'text/plain');
    await store.put('incoming/a.csv', 'x', 'text/csv');
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
      ...services.environment,
    };
    worker = localHandler('batch-worker', environment, undefined, 900);
  });

  afterAll(async () => {
    await worker.stop();
    await services.stop();
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
