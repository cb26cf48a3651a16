/** @needs Python */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { strToU8, zipSync } from 'fflate';
import type { BatchSettings, RunItemsRequest, RunItemsResponse, StartedSession } from '../../../lib/contract/batch';
import type { ItemResult } from '../../../lib/contract/batch-item';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { type LocalServices, startLocalServices } from '../../../lib/local/runner/local-services';
import { mapConcurrently } from '../../../lib/runtime/concurrency';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';
import { testPython } from '../../local/emulator/support';
import { localHandler } from '../../support/local-handler';
import { SALES } from '../../support/planning';

const SCRIPTS = join(__dirname, '../../fixtures/analyses');

describe.each([
  ['Python', 'python', 'reads-shared.py'],
  ['TypeScript', 'typescript', 'reads-shared.ts'],
] as const)('the worker sets a session up, for %s', (_, language, script) => {
  let services: LocalServices;
  let worker: LocalLambda;
  let store: ObjectStore;

  beforeAll(async () => {
    services = await startLocalServices({ python: await testPython() });
    const { s3 } = services;
    await s3.client.send(new CreateBucketCommand({ Bucket: 'staging' }));
    store = new ObjectStore('staging', s3.client);
    await store.put('setup.zip', zipSync({ 'count.sh': strToU8('echo once >> count.txt\n') }), 'application/zip');
    await store.put('script', readFileSync(join(SCRIPTS, script)), 'text/plain');
    await store.put('incoming/a.csv', 'x', 'text/csv');
  });

  afterEach(() => worker.stop());

  afterAll(async () => {
    await services.stop();
  });

  /** Starts a session with the worker of a batch that has this setup. */
  async function start(setup: BatchSettings['setup'], childName: string): Promise<StartedSession> {
    const settings: BatchSettings = { ...SALES, script: { name: script, language, parameters: {} }, setup };
    const environment = {
      BATCH_SETTINGS: JSON.stringify(settings),
      STAGING_BUCKET: 'staging',
      SCRIPT_BUCKET: 'staging',
      SCRIPT_KEY: 'script',
      SETUP_BUCKET: 'staging',
      SETUP_KEY: 'setup.zip',
      CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
      ...services.environment,
    };
    worker = localHandler('batch-worker', environment, undefined, 120);
    const request = { action: 'start', runId: 'run-1', stage: 'analyse', childName, attempt: 1 };
    return (await worker.invoke(request)) as StartedSession;
  }

  async function run(session: StartedSession, item: string, preparedSession: string): Promise<RunItemsResponse> {
    const request: RunItemsRequest = {
      action: 'run',
      context: { runId: 'run-1', stage: 'analyse', parameters: {} },
      sessionId: session.sessionId,
      items: [{ id: item, key: 'incoming/a.csv', bytes: 1 }],
      suspects: [],
      sessionEndsAt: session.endsAt,
      tasks: [],
      preparedSession,
    };
    return (await worker.invoke(request)) as RunItemsResponse;
  }

  async function resultOf(item: string): Promise<ItemResult | undefined> {
    return store.findJson<ItemResult>(`runs/Sales/run-1/items/${item}/result.json`);
  }

  /** How often the script of the setup has run in the folder that the item saw. */
  async function seenBy(item: string): Promise<unknown> {
    return (await resultOf(item))?.row?.count;
  }

  test('once: the next call is told that it is, unless the one before has crashed', async () => {
    const session = await start({ folder: true, script: 'count.sh', objects: [], timeoutSeconds: 30 }, 'child-1');
    const first = await run(session, '1', '');
    expect(first).toMatchObject({ status: 'done', succeeded: 1, preparedSession: session.sessionId });
    await run(session, '2', first.preparedSession);
    expect(await seenBy('2')).toBe('once\n');
    // What it was told has been lost, or is of another session: the folder is made anew.
    expect(await run(session, '3', 'another')).toMatchObject({ status: 'done', succeeded: 1 });
    expect(await seenBy('3')).toBe('once\n');
  });

  test('and fails its items, naming an object that does not exist', async () => {
    const setup = { folder: false, objects: ['reference/none.txt'], timeoutSeconds: 30 };
    const session = await start(setup, 'child-2');
    expect(await run(session, '4', '')).toMatchObject({ status: 'done', failed: 1 });
    const { error } = (await resultOf('4')) ?? {};
    expect(error?.name).toBe('SetupFailed');
    expect(error?.message).toMatch(/^none\.txt could not be fetched: .*404/);
  });

  test('and fails its items for an object whose key leads out of the folder', async () => {
    await store.put('tables/../.analysis/count.py', 'x', 'text/plain');
    const session = await start({ folder: false, objects: ['tables/'], timeoutSeconds: 30 }, 'child-3');
    expect(await run(session, '5', '')).toMatchObject({ status: 'done', failed: 1 });
    expect((await resultOf('5'))?.error).toMatchObject({
      name: 'SetupFailed',
      message: 'tables/../.analysis/count.py cannot be put into the shared folder: its name leads out of it',
    });
  });

  test('and fails its items where a prefix has more objects than can be fetched', async () => {
    const put = (index: number) => store.put(`many/${index}`, 'x', 'text/plain');
    for await (const _ of mapConcurrently(Array.from({ length: 10_001 }).keys(), 50, put)) {
      // Nothing to do but wait.
    }
    const session = await start({ folder: false, objects: ['many/'], timeoutSeconds: 30 }, 'child-4');
    expect(await run(session, '6', '')).toMatchObject({ status: 'done', failed: 1 });
    expect((await resultOf('6'))?.error?.message).toBe(
      'the setup names more than 10000 objects, with those below its prefixes: put them into fewer, larger ones',
    );
  });
});
