/** @needs Python */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { AnalysisScript, BatchAnalysis, CodeInterpreter } from '../../lib';
import type { BatchRequest } from '../../lib/contract/batch';
import { readAssembly } from '../../lib/local/runner/assembly';
import { readDeployment } from '../../lib/local/runner/deployment';
import { LOCAL_ACCOUNT } from '../../lib/local/runner/local-account';
import { LocalLambda } from '../../lib/local/runner/local-lambda';
import { SCRIPTS, Scratch } from '../support/local-batch';
import { LocalStepFunctions } from '../support/local-step-functions';

/**
 * From a schedule, or an upload, to the report: what the synthesized schedule sends goes to the synthesized starter, and
 * what that starts is executed by the local runner.
 */
describe('a batch that starts by itself', () => {
  const stepFunctions = new LocalStepFunctions();
  let scratch: Scratch;
  let starter: LocalLambda;

  beforeAll(async () => {
    scratch = await Scratch.make();
    synthesize(scratch.assembly);
    starter = starterOf(scratch.assembly, await stepFunctions.start());
    await write('daily/2026-11-21/a.csv', 'daily/2026-11-22/b.csv', 'express/c.csv', 'express/d.csv');
  });

  afterAll(async () => {
    await starter.stop();
    await stepFunctions.stop();
    await scratch.remove();
  });

  beforeEach(() => stepFunctions.reset());

  async function write(...names: string[]): Promise<void> {
    for (const name of names) {
      const path = join(scratch.folder, 'inputs', name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'a,b\n1,2\n');
    }
  }

  /** Executes what has been started. */
  async function run() {
    const [request] = Object.values(stepFunctions.inputs) as BatchRequest[];
    const { outcome, summary } = await scratch.run([join(scratch.folder, 'inputs')], { request });
    expect(outcome).toMatchObject({ status: 'SUCCEEDED' });
    return { summary, results: await scratch.itemResults() };
  }

  test('at night, over the day before in its time zone, with the scheduled time as a parameter', async () => {
    // 02:00 in Zurich.
    await starter.invoke(scheduledInput(scratch.assembly, '2026-11-22T01:00:00Z'));
    const { summary, results } = await run();
    expect([...results.keys()]).toEqual(['a.csv']);
    expect(summary?.parameters).toEqual({ currency: 'CHF', scheduledTime: '2026-11-22T01:00:00.000Z' });
    expect(results.get('a.csv')?.row).toEqual({ lines: 2, parameters: summary?.parameters });
  });

  test('for uploads, over those that have come together', async () => {
    const [trigger] = JSON.parse(starterDefinition(scratch.assembly).environment.UPLOAD_TRIGGERS ?? '[]');
    const message = (key: string) => ({
      messageId: key,
      eventSourceARN: trigger.queue,
      body: JSON.stringify({ detail: { object: { key, sequencer: '0A' } } }),
    });
    await starter.invoke({ Records: ['incoming/express/d.csv', 'incoming/express/c.csv'].map(message) });
    const { summary, results } = await run();
    expect([...results.keys()].sort()).toEqual(['c.csv', 'd.csv']);
    expect(summary?.counts).toMatchObject({ total: 2, succeeded: 2 });
  });
});

function synthesize(outdir: string): void {
  const app = new App({ outdir });
  const stack = new Stack(app, 'Test');
  const batch = new BatchAnalysis(stack, 'Batch', {
    interpreter: new CodeInterpreter(stack, 'Interpreter'),
    script: AnalysisScript.fromAsset(join(SCRIPTS, 'count.py')),
    itemTimeout: Duration.minutes(1),
  });
  batch.addSchedule('Nightly', {
    schedule: ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.EUROPE_ZURICH }),
    prefix: 'incoming/daily/{date}/',
    lookBack: Duration.days(1),
    parameters: { currency: 'CHF' },
  });
  batch.addUploadTrigger('Express', { prefix: 'incoming/express/' });
  app.synth();
}

/** What Scheduler would send at a time. */
function scheduledInput(assembly: string, time: string): unknown {
  const schedules = readAssembly(assembly).flatMap(({ template }) =>
    Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Scheduler::Schedule'),
  );
  const target = schedules[0]?.Properties?.Target as { Input: string } | undefined;
  const text = target?.Input.replaceAll('<aws.scheduler.scheduled-time>', time);
  return JSON.parse(text ?? '{}');
}

function starterDefinition(assembly: string) {
  const lambdas = [...readDeployment(assembly).lambdas.values()];
  const definition = lambdas.find(({ name }) => name.startsWith('BatchStartsStarter'));
  if (!definition) {
    throw new Error('the assembly has no starter');
  }
  return definition;
}

function starterOf(assembly: string, endpoint: string): LocalLambda {
  const definition = starterDefinition(assembly);
  const environment = {
    ...definition.environment,
    AWS_REGION: LOCAL_ACCOUNT.region,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_ENDPOINT_URL_SFN: endpoint,
  };
  return new LocalLambda({ ...definition, environment });
}
