import type { JsonValue } from '../../../lib/contract/json';
import { LambdaError } from '../../../lib/local/runner/local-lambda';
import type { Definition } from '../../../lib/local/runner/states/definition';
import { execute, newExecution } from '../../../lib/local/runner/states/execution';
import type { ExecutionServices } from '../../../lib/local/runner/states/services';

const ITEMS = ['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}', '{"n":5}'].join('\n');

function services(invoke: (input: JsonValue) => JsonValue, written = new Map<string, string>()): ExecutionServices {
  return {
    invoke: async (_, input) => invoke(input),
    readObject: async () => ITEMS,
    writeObject: async (bucket, key, body) => void written.set(`${bucket}/${key}`, body),
    timeScale: 0.001,
  };
}

function mapOver(map: object): Definition {
  return {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'Each',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'Work',
          States: { Work: { Type: 'Task', Resource: 'arn:work', End: true } },
        },
        ItemReader: {
          Resource: 'arn:aws:states:::s3:getObject',
          ReaderConfig: { InputType: 'JSONL' },
          Parameters: { Bucket: 'data', 'Key.$': '$.key' },
        },
        End: true,
        ...map,
      },
    },
  };
}

const run = (definition: Definition, with_: ExecutionServices) =>
  execute(definition, { key: 'items.jsonl', tag: 'x' }, newExecution('machine', 'run-1'), with_);

describe('a distributed map, executed locally', () => {
  test('hands every item to an execution of its own, and gathers the outputs in order', async () => {
    const outcome = await run(
      mapOver({}),
      services((item) => (item as { n: number }).n * 10),
    );
    expect(outcome.status).toBe('SUCCEEDED');
    expect([...(outcome.output as number[])].sort()).toEqual([10, 20, 30, 40, 50]);
  });

  test('batches items, with the batch input evaluated', async () => {
    const inputs: JsonValue[] = [];
    await run(
      mapOver({ ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'tag.$': '$.tag' } } }),
      services((input) => inputs.push(input)),
    );
    expect(inputs).toEqual([
      { BatchInput: { tag: 'x' }, Items: [{ n: 1 }, { n: 2 }] },
      { BatchInput: { tag: 'x' }, Items: [{ n: 3 }, { n: 4 }] },
      { BatchInput: { tag: 'x' }, Items: [{ n: 5 }] },
    ]);
  });

  test("keeps batches within the batcher's bytes", async () => {
    const sizes: number[] = [];
    await run(
      mapOver({ ItemBatcher: { MaxItemsPerBatch: 100, MaxInputBytesPerBatch: 16 } }),
      services((input) => sizes.push((input as { Items: unknown[] }).Items.length)),
    );
    expect(sizes).toEqual([2, 2, 1]);
  });

  test('runs no more children at once than the map allows', async () => {
    let underWay = 0;
    let most = 0;
    const counting: ExecutionServices = {
      ...services(() => null),
      invoke: async () => {
        underWay++;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay--;
        return null;
      },
    };
    await run(mapOver({ MaxConcurrency: 2 }), counting);
    expect(most).toBe(2);
  });

  test("fails with the service's name when more children fail than are tolerated", async () => {
    const failing = services((item) => {
      if ((item as { n: number }).n > 3) {
        throw new LambdaError('Broken', 'no');
      }
      return null;
    });
    expect(await run(mapOver({}), failing)).toMatchObject({
      status: 'FAILED',
      error: 'States.ExceedToleratedFailureThreshold',
      cause: '2 of 5 child executions failed',
    });
    const statusOf = async (tolerated: object) => (await run(mapOver(tolerated), failing)).status;
    expect(await statusOf({ ToleratedFailurePercentage: 40 })).toBe('SUCCEEDED');
    expect(await statusOf({ ToleratedFailurePercentage: 39 })).toBe('FAILED');
    expect(await statusOf({ ToleratedFailureCount: 2 })).toBe('SUCCEEDED');
    expect(await statusOf({ ToleratedFailureCount: 1 })).toBe('FAILED');
    // Neither may be exceeded.
    expect(await statusOf({ ToleratedFailurePercentage: 100, ToleratedFailureCount: 1 })).toBe('FAILED');
  });

  test('writes the results of its children below the evaluated prefix', async () => {
    const written = new Map<string, string>();
    const writer = {
      Resource: 'arn:aws:states:::s3:putObject',
      Parameters: { Bucket: 'data', 'Prefix.$': "States.Format('runs/{}/map', $.tag)" },
    };
    const outcome = await run(
      mapOver({ ResultWriter: writer }),
      services(() => 'ok', written),
    );
    const { ResultWriterDetails: details } = outcome.output as { ResultWriterDetails: { Key: string } };
    expect(details.Key).toMatch(/^runs\/x\/map\/[0-9a-f-]{36}\/manifest\.json$/);
    const manifest = JSON.parse(written.get(`data/${details.Key}`) ?? '');
    const children = JSON.parse(written.get(`data/${manifest.ResultFiles.SUCCEEDED[0].Key}`) ?? '');
    expect(children).toHaveLength(5);
    expect(children[0]).toMatchObject({ Status: 'SUCCEEDED', Output: '"ok"' });
  });
});

describe('an execution, executed locally', () => {
  test('retries a Lambda by the names of its errors, and gives up with them', async () => {
    let calls = 0;
    const definition: Definition = {
      StartAt: 'Call',
      States: {
        Call: {
          Type: 'Task',
          Resource: 'arn:call',
          Retry: [{ ErrorEquals: ['Busy'], MaxAttempts: 2, IntervalSeconds: 1 }],
          End: true,
        },
      },
    };
    const outcome = await run(
      definition,
      services(() => {
        calls++;
        throw new LambdaError('Busy', `call ${calls}`);
      }),
    );
    expect(calls).toBe(3);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Busy', cause: 'call 3' });
  });

  test('gives a task that names no timeout all the time it takes', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const definition: Definition = {
        StartAt: 'Call',
        States: { Call: { Type: 'Task', Resource: 'arn:call', End: true } },
      };
      const outcome = run(definition, {
        ...services(() => null),
        invoke: () => new Promise((resolve) => setTimeout(() => resolve('late'), 8 * 3600 * 1000)),
      });
      await jest.advanceTimersByTimeAsync(8 * 3600 * 1000);
      expect(await outcome).toMatchObject({ status: 'SUCCEEDED', output: 'late' });
    } finally {
      jest.useRealTimers();
    }
  });

  test('knows its own name and id', async () => {
    const definition: Definition = {
      StartAt: 'Tell',
      States: {
        Tell: {
          Type: 'Pass',
          Parameters: { 'name.$': '$$.Execution.Name', 'id.$': '$$.Execution.Id' },
          End: true,
        },
      },
    };
    const outcome = await run(
      definition,
      services(() => null),
    );
    expect(outcome.output).toEqual({
      name: 'run-1',
      id: 'arn:aws:states:us-east-1:000000000000:execution:machine:run-1',
    });
  });

  test('refuses data that is too large for a state', async () => {
    const definition: Definition = {
      StartAt: 'Call',
      States: { Call: { Type: 'Task', Resource: 'arn:call', End: true } },
    };
    const outcome = await run(
      definition,
      services(() => 'x'.repeat(300_000)),
    );
    expect(outcome.error).toBe('States.DataLimitExceeded');
    expect(outcome.cause).toContain('the output of state "Call" has 300002 bytes, more than the 262144');
  });
});
