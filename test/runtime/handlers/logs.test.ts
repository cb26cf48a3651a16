import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import type { HandlerName } from '../../../lib/constructs/lambda/handler-lambda';
import type { BatchItem } from '../../../lib/contract/batch-item';
import { type FailureDetails, failureAddress } from '../../../lib/contract/failure-details';
import { type Emulator, startEmulator } from '../../../lib/local/emulator';
import { LOCAL_ACCOUNT, NOBODY } from '../../../lib/local/runner/local-account';
import { type LocalS3, startLocalS3 } from '../../../lib/local/runner/local-s3';
import { ObjectStore } from '../../../lib/runtime/staging/object-store';
import { AwsStandIn } from '../../support/aws-stand-in';
import { type Invoked, LambdaRuntime } from '../../support/lambda-runtime';
import { SALES } from '../../support/planning';
import { python } from '../../support/python';

/** Stands for everything that must not get into a log: keys, rows, code, what was printed, names of parameters. */
const CANARY = 'canary4711';
const BUNDLES = join(__dirname, '../../../dist/handlers');
const BUCKET = 'staging';
const INTERPRETER = 'logged-AbCdEf0123';
const MISSING_SESSION = '01HZZZZZZZZZZZZZZZZZZZZZZZ';

interface Case {
  readonly event: object;
  /** The name of the error that Lambda is told; absent: the invocation does not fail. */
  readonly error?: string;
  /** Whether the details, which people read, have the canary. Default: true, for one that fails. */
  readonly detailed?: boolean;
}

interface Cases {
  readonly environment?: Record<string, string>;
  readonly cases: Readonly<Record<string, Case>>;
}

const item: BatchItem = { id: `000000-${CANARY}.csv`, key: `incoming/${CANARY}.csv`, bytes: 3 };
const context = { runId: 'run-1', stage: 'analyse', parameters: { [CANARY]: CANARY } };
const run = {
  ...{ action: 'run', context, items: [item], suspects: [], tasks: [], preparedSession: '' },
  sessionEndsAt: 4_000_000_000,
};
const plan = {
  ...{ runId: 'run-1', startedAt: '2026-11-22T01:00:00.000Z', manifestKey: 'runs/Sales/run-1/manifest.jsonl' },
  ...{ pendingKey: 'runs/Sales/run-1/pending/run-1.jsonl', total: 1, pending: 1, parameters: {} },
};
const ended = { executionArn: 'arn', name: 'run-1', status: 'FAILED', startDate: 0, stopDate: 1, input: '{}' };
const planned = (request: object): object => ({ executionName: 'run-2', request });
const printing = `print("${CANARY}")\nopen("${CANARY}.txt", "w").write("${CANARY}")\nraise ValueError("${CANARY}")`;
const url = (body: unknown) => ({ body: typeof body === 'string' ? body : JSON.stringify(body) });
const start = { kind: 'schedule', schedule: 'Nightly', timeZone: 'UTC', lookBackSeconds: 0, skipIfRunning: true };
const target = {
  kind: 'bus',
  arn: `arn:aws:events:us-east-1:000000000000:event-bus/${CANARY}`,
  onSuccess: true,
  onFailure: true,
};
const queue = 'arn:aws:sqs:us-east-1:000000000000:uploads';

const CASES: Readonly<Record<HandlerName, Cases>> = {
  'batch-plan': {
    cases: {
      'a field that is none': { event: planned({ [CANARY]: 1 }), error: 'InvalidRequest' },
      'a key outside of the prefix': { event: planned({ items: [CANARY] }), error: 'InvalidRequest' },
      'an item that is not there': { event: planned({ items: [item.key] }), error: 'InvalidInput' },
      'a prefix without objects': { event: planned({ prefix: `incoming/${CANARY}/` }), error: 'InvalidInput' },
      'a run that is not there': { event: planned({ runId: CANARY }), error: 'InvalidInput' },
      'a line of a manifest': { event: planned({ manifest: 'incoming/bad.jsonl' }), error: 'InvalidInput' },
      'a row of a manifest': { event: planned({ manifest: 'incoming/bad.csv' }), error: 'InvalidInput' },
    },
  },
  'batch-worker': {
    environment: { SCRIPT_BUCKET: BUCKET, SCRIPT_KEY: `scripts/${CANARY}.py`, CODE_INTERPRETER_ID: CANARY },
    cases: {
      'a session that is lost': { event: { ...run, sessionId: MISSING_SESSION } },
      'a script that is not there': {
        event: { ...run, context: { ...context, stage: 'combine' }, sessionId: MISSING_SESSION },
        error: 'NoSuchKey',
        detailed: false,
      },
      'a call that the service refuses': {
        event: { action: 'start', runId: 'run-1', stage: 'analyse', childName: 'child', attempt: 1 },
        error: 'ServiceRejected',
      },
      'items that are given up': {
        event: { action: 'giveUp', context, items: [item], failure: { Error: 'States.Timeout', Cause: CANARY } },
      },
    },
  },
  'batch-report': {
    cases: {
      'a run that failed': {
        event: {
          ...{ action: 'fail', redriveCount: 0 },
          report: { error: 'CombiningFailed', message: CANARY, redriveCount: 0 },
        },
        error: 'CombiningFailed',
      },
      'results that are not JSON': {
        event: { action: 'report', plan, combine: false, mapFailure: { Error: '', Cause: '' }, redriveCount: 0 },
        error: 'SyntaxError',
      },
      'a result that is not JSON': {
        event: { action: 'gather', runId: 'run-1', executionName: 'run-1', mapFailure: { Error: '', Cause: '' } },
        error: 'SyntaxError',
      },
    },
  },
  'batch-starter': {
    environment: {
      BATCH_NAME: 'Sales',
      STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:000000000000:stateMachine:Sales',
      UPLOAD_TRIGGERS: JSON.stringify([
        { queue, trigger: 'uploads', prefix: 'incoming/', suffixes: [], filters: {}, parameters: { a: CANARY } },
      ]),
    },
    cases: {
      'a time that is none': { event: { ...start, scheduledTime: CANARY, parameters: {} }, error: 'InvalidRequest' },
      'a start that is refused': {
        event: { ...start, scheduledTime: '2026-11-22T01:00:00Z', parameters: { [CANARY]: CANARY } },
        error: 'AccessDeniedException',
      },
      uploads: {
        event: {
          Records: [
            { messageId: '1', body: JSON.stringify({ detail: { object: { key: item.key } } }), eventSourceARN: queue },
            { messageId: '2', body: CANARY, eventSourceARN: queue },
          ],
        },
      },
    },
  },
  'batch-notifier': {
    environment: { BATCH_NAME: 'Sales', NOTICE_TARGETS: JSON.stringify([{ ...target, linkSeconds: 60 }]) },
    cases: {
      'a target that refuses': { event: { detail: { ...ended, cause: CANARY } }, error: 'AggregateError' },
    },
  },
  invoker: {
    cases: {
      'a field that is none': { event: { [CANARY]: CANARY }, error: 'InvalidRequest' },
      'a file that is not there': {
        event: { code: '1', files: [{ path: 'a', s3Key: `invoker/${CANARY}` }] },
        error: 'StagingFailed',
      },
      'a session that is lost': { event: { code: CANARY, sessionId: `${CANARY}` }, error: 'SessionLost' },
      'code that fails': {
        event: {
          ...{ code: printing, environment: { A: CANARY }, parameters: { [CANARY]: CANARY } },
          ...{ files: [{ path: CANARY, text: CANARY }], outputs: [`${CANARY}.txt`] },
        },
      },
    },
  },
  'invoker-stream': {
    cases: {
      'a body that is not JSON': { event: url(CANARY) },
      'a field that is none': { event: url({ [CANARY]: CANARY }) },
      'a session that is lost': { event: url({ code: CANARY, sessionId: CANARY }) },
      'code that fails': { event: url({ code: printing }) },
    },
  },
};

/** The bundles that are deployed, under the runtime that they are deployed to. */
describe('what a Lambda logs', () => {
  let s3: LocalS3;
  let store: ObjectStore;
  let emulator: Emulator;
  let endpoint: string;
  const refusing = new AwsStandIn(() => ({
    status: 400,
    body: { __type: 'AccessDeniedException', message: `${CANARY} may not` },
  }));

  beforeAll(async () => {
    s3 = await startLocalS3();
    await s3.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    store = new ObjectStore(BUCKET, s3.client);
    emulator = await startEmulator({
      s3Endpoint: s3.endpoint,
      python: await python(),
      interpreters: [{ id: INTERPRETER }],
    });
    endpoint = await refusing.start();
    for (const [key, body] of Object.entries({
      'incoming/bad.jsonl': `{"key": "${CANARY}", ${CANARY}`,
      'incoming/bad.csv': `key\n${CANARY}\n"${CANARY}`,
      [`scripts/${CANARY}.py`]: printing,
      [plan.manifestKey]: JSON.stringify(item),
      [plan.pendingKey]: JSON.stringify(item),
      'runs/Sales/run-1/results.jsonl': CANARY,
      [`runs/Sales/run-1/items/${item.id}/result.json`]: `{"${CANARY}": ${CANARY}`,
    })) {
      await store.put(key, body, 'text/plain');
    }
  });

  afterAll(async () => {
    await emulator.stop();
    await s3.stop();
    await refusing.stop();
  });

  const environment = (): Record<string, string> => ({
    AWS_REGION: LOCAL_ACCOUNT.region,
    AWS_ACCESS_KEY_ID: NOBODY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: NOBODY.secretAccessKey,
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: emulator.endpoint,
    CODE_INTERPRETER_ID: INTERPRETER,
    STAGING_BUCKET: BUCKET,
    STAGING_PREFIX: 'invoker/',
    SESSION_TIMEOUT_SECONDS: '900',
    BATCH_SETTINGS: JSON.stringify({
      ...SALES,
      name: 'Sales',
      combine: { ...SALES, script: { ...SALES.script, name: `${CANARY}.py` }, files: [] },
    }),
    COMBINE_BUCKET: BUCKET,
    COMBINE_KEY: `scripts/no-${CANARY}.py`,
  });

  /** The object that an error points to. */
  async function detailsOf(error: string): Promise<FailureDetails | undefined> {
    const { errorMessage = '' } = JSON.parse(error) as { errorMessage?: string };
    return store.findJson<FailureDetails>(failureAddress(errorMessage)?.key ?? 'none');
  }

  async function check({ response, error, trace }: Invoked, expected: Case): Promise<void> {
    if (expected.error === undefined) {
      expect(error).toBeUndefined();
      expect(response).toBeDefined();
      return;
    }
    expect(JSON.parse(error ?? '{}')).toMatchObject({ errorType: expected.error });
    expect(`${error}${trace}`).not.toContain(CANARY);
    const details = await detailsOf(error ?? '');
    expect(details).toMatchObject({ error: expected.error });
    if (expected.detailed !== false) {
      expect(details?.message).toContain(CANARY);
    }
  }

  test('is known of every handler', async () => {
    expect((await readdir(BUNDLES)).sort()).toEqual(Object.keys(CASES).sort());
  });

  test.each(Object.entries(CASES))('of %s has neither code nor data', async (handler, { cases, environment: more }) => {
    const runtime = await LambdaRuntime.start(join(BUNDLES, handler), { ...environment(), ...more });
    try {
      for (const [name, expected] of Object.entries(cases)) {
        const invoked = await runtime.invoke(expected.event);
        await check(invoked, expected).catch(async (error) => {
          throw new Error(
            `${name}: ${error.message}\n${JSON.stringify(invoked)}\n${JSON.stringify(await detailsOf(invoked.error ?? '{}'))}`,
          );
        });
      }
    } finally {
      await runtime.stop();
    }
    expect(runtime.log).not.toContain(CANARY);
    const failures = Object.values(cases).filter(({ error }) => error !== undefined).length;
    expect(runtime.log.split('"errorType"').length - 1).toBe(failures);
  });

  test('has no message of an error that nothing catches', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'handler-'));
    for (const uncaught of [
      `setTimeout(() => { throw new Error('${CANARY}'); })`,
      `void Promise.reject(Object.assign(new Error('${CANARY}'), { more: '${CANARY}' }))`,
    ]) {
      await build({
        stdin: {
          contents: `
            import { lambdaHandler } from './lib/runtime/lambda-handler';
            export const handler = lambdaHandler(() => 'runs/', () => {
              ${uncaught.replaceAll(CANARY, "' + event() + '")};
              return new Promise((resolve) => setTimeout(resolve, 60_000));
            });
            const event = () => process.env.HIDDEN;`,
          resolveDir: join(__dirname, '../../..'),
        },
        outfile: join(folder, 'index.js'),
        ...{ bundle: true, platform: 'node', format: 'cjs' },
      });
      const runtime = await LambdaRuntime.start(folder, { ...environment(), HIDDEN: CANARY });
      try {
        expect((await runtime.invoke({})).error).toContain('Runtime.ExitError');
      } finally {
        await runtime.stop();
      }
      expect(runtime.log).toContain('an error that nothing caught');
      expect(runtime.log).not.toContain(CANARY);
    }
    await rm(folder, { recursive: true });
  });
});
