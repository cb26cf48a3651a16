/** @needs Python */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type {
  BackgroundTask,
  BatchSettings,
  RunItemsRequest,
  RunItemsResponse,
  StartedSession,
} from '../../../lib/contract/batch';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { type LocalServices, startLocalServices } from '../../../lib/local/runner/local-services';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';
import { testPython } from '../../local/emulator/support';
import { localHandler } from '../../support/local-handler';
import { SALES } from '../../support/planning';

const SCRIPT = join(__dirname, '../../fixtures/analyses/count.py');

describe('an item in the background', () => {
  let services: LocalServices;
  let worker: LocalLambda;

  beforeAll(async () => {
    services = await startLocalServices({ python: await testPython() });
    const { s3 } = services;
    await s3.client.send(new CreateBucketCommand({ Bucket: 'staging' }));
    const store = new ObjectStore('staging', s3.client);
    await store.put('script', readFileSync(SCRIPT), 'text/plain');
    await store.put('incoming/a.csv', 'x', 'text/csv');
    const settings: BatchSettings = {
      ...SALES,
      itemTimeoutSeconds: 1200,
      sessionTimeoutSeconds: 3600,
      longItems: true,
    };
    const environment = {
      BATCH_SETTINGS: JSON.stringify(settings),
      STAGING_BUCKET: 'staging',
      SCRIPT_BUCKET: 'staging',
      SCRIPT_KEY: 'script',
      CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
      ...services.environment,
    };
    worker = localHandler('batch-worker', environment, undefined, 120);
  });

  afterAll(async () => {
    await worker.stop();
    await services.stop();
  });

  async function start(attempt: number): Promise<StartedSession> {
    const request = { action: 'start', runId: 'run-1', stage: 'analyse', childName: 'child', attempt };
    return (await worker.invoke(request)) as StartedSession;
  }

  async function run({ sessionId, endsAt }: StartedSession, tasks: BackgroundTask[]): Promise<RunItemsResponse> {
    const request: RunItemsRequest = {
      action: 'run',
      context: { runId: 'run-1', stage: 'analyse', parameters: {} },
      sessionId,
      items: [{ id: '000001-a.csv', key: 'incoming/a.csv', bytes: 1 }],
      suspects: [],
      sessionEndsAt: endsAt,
      tasks,
      preparedSession: '',
    };
    return (await worker.invoke(request)) as RunItemsResponse;
  }

  test('is started anew in a session that replaces the one it ran in, and blamed for nothing', async () => {
    const first = await start(1);
    const { tasks } = await run(first, []);
    expect(tasks).toMatchObject([{ itemId: '000001-a.csv', sessionId: first.sessionId }]);
    // The worker failed for another reason: the workflow has stopped the session, and knows of the task still.
    await worker.invoke({ action: 'stop', sessionId: first.sessionId });
    const second = await start(2);
    const again = await run(second, tasks);
    expect(again).toMatchObject({ status: 'waiting', suspects: [], tasks: [{ sessionId: second.sessionId }] });
    await worker.invoke({ action: 'stop', sessionId: second.sessionId });
  });
});
