/** @needs Python */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokerWorld, type LocalEnvironmentOptions } from '../../support/invoker-world';

const SECRET = 'hunter2';
const TRACE = '1-67891233-abcdef012345678912345678';

type Line = Record<string, unknown>;

/** What the Lambda logs, from its bundle: a line of the call, and one that CloudWatch makes metrics of. */
describe('the log of a call', () => {
  async function linesOf(
    options: LocalEnvironmentOptions,
    call: (world: InvokerWorld) => Promise<unknown>,
  ): Promise<Line[]> {
    const world = await InvokerWorld.open(options);
    try {
      await call(world);
      for (;;) {
        const lines = world.logged.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('{'));
        if (lines.length >= 2) {
          expect(world.logged.join()).not.toContain(SECRET);
          return lines.map((line) => JSON.parse(line));
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    } finally {
      await world.close();
    }
  }

  const failingCode = (world: InvokerWorld) =>
    world.invoke({
      code: `print("${SECRET}")\nopen("${SECRET}.txt", "w").write("${SECRET}")\nraise ValueError("${SECRET}")`,
      environment: { A: SECRET },
      parameters: { a: SECRET },
      files: [{ path: `${SECRET}.in`, text: SECRET }],
      outputs: [`${SECRET}.txt`],
    });

  const metricsIn = (lines: Line[]) => lines.filter((line) => '_aws' in line);
  const callsIn = (lines: Line[]) => lines.filter((line) => !('_aws' in line));

  test('has names, counts and times, and the ids of request, session and trace', async () => {
    const lines = await linesOf(
      { environment: { AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', _X_AMZN_TRACE_ID: `Root=${TRACE};Sampled=1` } },
      failingCode,
    );
    expect(callsIn(lines)).toEqual([
      {
        level: 'INFO',
        message: 'answered',
        service: 'invoker',
        timestamp: expect.any(String),
        cold_start: true,
        function_request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        sampling_rate: 0,
        xray_trace_id: TRACE,
        kind: 'code',
        background: false,
        givenSession: false,
        filesIn: 1,
        sessionId: expect.stringMatching(/^[0-9A-Z]{26}$/),
        sessionEnded: true,
        outcome: 'failed',
        exitCode: 1,
        executionSeconds: expect.any(Number),
        filesOut: 1,
        bytesOut: 7,
        durationMs: expect.any(Number),
      },
    ]);
  });

  test('has the metrics of a call, by function', async () => {
    const [line, ...more] = metricsIn(await linesOf({}, failingCode));
    expect(more).toEqual([]);
    expect(line).toMatchObject({ functionName: 'invoker', Calls: 1, Errors: 0, CodeFailures: 1 });
    expect(line?._aws).toEqual({
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'CodeInterpreterInvoker',
          Dimensions: [['functionName']],
          Metrics: [
            { Name: 'Calls', Unit: 'Count' },
            { Name: 'Errors', Unit: 'Count' },
            { Name: 'CodeFailures', Unit: 'Count' },
            { Name: 'Duration', Unit: 'Milliseconds' },
          ],
        },
      ],
    });
  });

  test('has the metrics also of a call that ends with an error, and of the error its name alone', async () => {
    const lines = await linesOf({}, (world) => world.failure({ code: SECRET, sessionId: 'ended' }));
    expect(callsIn(lines)).toEqual([
      expect.objectContaining({ level: 'ERROR', message: 'failed', error: 'SessionLost' }),
    ]);
    expect(metricsIn(lines)).toEqual([expect.objectContaining({ Calls: 1, Errors: 1, CodeFailures: 0 })]);
  });

  test('does not have the request, whatever the environment asks of Powertools', async () => {
    const environment = { POWERTOOLS_LOGGER_LOG_EVENT: 'true', POWERTOOLS_LOG_LEVEL: 'DEBUG' };
    const lines = await linesOf({ environment }, failingCode);
    expect(callsIn(lines)).toHaveLength(1);
  });
});

test('the service is told of the trace, so that its own spans are part of it', async () => {
  const traces: unknown[] = [];
  const service = createServer((request, response) => {
    traces.push(request.headers['x-amzn-trace-id']);
    response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end('{"message": "no"}');
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const trace = `Root=${TRACE};Parent=0123456789abcdef;Sampled=1`;
  const world = await InvokerWorld.open({
    environment: {
      _X_AMZN_TRACE_ID: trace,
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    },
  });
  try {
    expect((await world.failure({ code: '1' })).name).toBe('ServiceRejected');
    expect(traces).toEqual([trace]);
  } finally {
    await world.close();
    service.close();
  }
});
