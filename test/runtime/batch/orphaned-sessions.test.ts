import type { SweptSessions } from '../../../lib/contract/batch';
import { sessionName } from '../../../lib/contract/layout';
import { type Emulator, startEmulator } from '../../../lib/local/emulator';
import type { LocalLambda } from '../../../lib/local/runner/local-lambda';
import { TestClient } from '../../local/emulator/support';
import { localHandler } from '../../support/local-handler';
import { SALES } from '../../support/planning';

/** What Step Functions tells EventBridge of an execution that somebody has stopped. */
const stopped = (name: string, input = '{}') => ({
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  detail: { executionArn: `arn:x:${name}`, name, status: 'ABORTED', startDate: 1, stopDate: 2, input },
});

describe('the sessions of an execution that was stopped', () => {
  let emulator: Emulator;
  let client: TestClient;
  let reporter: LocalLambda;

  beforeAll(async () => {
    emulator = await startEmulator();
    client = new TestClient(emulator);
    const environment = {
      BATCH_SETTINGS: JSON.stringify(SALES),
      STAGING_BUCKET: 'staging',
      CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: emulator.endpoint,
      AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
    };
    // A minute of it is kept back; a third of the rest lies between the two looks.
    reporter = localHandler('batch-report', environment, undefined, 66);
  });

  afterAll(async () => {
    await reporter.stop();
    client.destroy();
    await emulator.stop();
  });

  const start = (bucket: string, batch: string, run: string) => client.start({ name: sessionName(bucket, batch, run) });
  const ready = () => emulator.sessions().flatMap(({ status, sessionId }) => (status === 'READY' ? [sessionId] : []));

  test('are ended, also those that were being started; those of other runs, batches and buckets are not', async () => {
    const own = [await start('staging', 'Sales', 'run-1'), await start('staging', 'Sales', 'run-1')];
    const others = [
      await start('staging', 'Sales', 'run-2'),
      await start('staging', 'Sales2', 'run-1'),
      await start('elsewhere', 'Sales', 'run-1'),
    ];
    const swept = reporter.invoke(stopped('run-1'));
    while (ready().some((sessionId) => own.includes(sessionId))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await start('staging', 'Sales', 'run-1');
    expect((await swept) as SweptSessions).toEqual({ stopped: 3 });
    expect(ready().sort()).toEqual(others.sort());
  });

  test('are those of the run that it resumed, if it did', async () => {
    await start('staging', 'Sales', 'of-last-week');
    expect(await reporter.invoke(stopped('monday', '{"runId": "of-last-week"}'))).toEqual({ stopped: 1 });
  });

  test.each(['InvalidRequest', 'InvalidInput'])(
    'are not those of a run that an execution named which Plan refused as %s',
    async (error) => {
      const atWork = await start('staging', 'Sales', 'at-work');
      const { detail, ...event } = stopped('mistaken', '{"runId": "at-work", "item": []}');
      const refused = { ...event, detail: { ...detail, status: 'FAILED', error } };
      expect(await reporter.invoke(refused)).toEqual({ stopped: 0 });
      expect(ready()).toContain(atWork);
    },
  );
});

test('runs whose names begin alike have sessions of different names, of at most 100 characters', () => {
  const long = 'b'.repeat(48);
  const names = ['x', 'y'].map((end) => sessionName('bucket', `${long}${end}`, `${'r'.repeat(79)}${end}`));
  expect(names[0]).not.toBe(names[1]);
  expect(names.map(({ length }) => length)).toEqual([100, 100]);
  expect(sessionName('bucket', 'Sales', 'run-1')).toMatch(/^Sales-run-1-[0-9a-f]{16}$/);
});
