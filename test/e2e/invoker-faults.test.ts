/** @needs Python */
import type { InvokerResponse } from '../../lib/contract/invoker';
import type { FaultRule } from '../../lib/local/emulator';
import { InvokerWorld, type LocalEnvironmentOptions } from '../support/invoker-world';

/** Of the Lambda's time, 20 seconds are for stopping the session: this leaves eight for the rest. */
const SHORT = 28;

interface Case {
  readonly faults: FaultRule[];
  readonly request?: object;
  /** What comes of the call: an answer's fields, or the name of an error. */
  readonly comesOf: Partial<InvokerResponse> | RegExp;
  /** How often the code was executed. Default: at most once. */
  readonly ran?: number;
  readonly timeoutSeconds?: number;
}

const CODE = { code: 'print("ran")' };
const FILES = { ...CODE, files: [{ path: 'in.txt', text: 'in' }] };
const OUTPUT = { code: 'open("out.txt", "w").write("out")', outputs: ['out.txt'] };
const answered = { outcome: 'succeeded', sessionEnded: true } as const;
const invoke = (kind: FaultRule['kind'], tool: FaultRule['tool'], times?: number): FaultRule => ({
  kind,
  operation: 'InvokeCodeInterpreter',
  tool,
  times,
});

const cases: Record<string, Case> = {
  'starts that are throttled are tried again': {
    faults: [{ kind: 'throttle', operation: 'StartCodeInterpreterSession', times: 2 }],
    comesOf: answered,
    ran: 1,
  },
  'starts that fail inside of the service are tried again': {
    faults: [{ kind: 'serverError', operation: 'StartCodeInterpreterSession', times: 2 }],
    comesOf: answered,
    ran: 1,
  },
  'a service that never starts a session is unavailable': {
    faults: [{ kind: 'throttle', operation: 'StartCodeInterpreterSession' }],
    comesOf: /^ServiceUnavailable$/,
    ran: 0,
    timeoutSeconds: SHORT,
  },
  'a session that starts too late is stopped all the same': {
    faults: [{ kind: 'slow', operation: 'StartCodeInterpreterSession', milliseconds: 12_000 }],
    comesOf: /^ServiceUnavailable$/,
    ran: 0,
    timeoutSeconds: SHORT,
  },
  'an execution that was refused unexecuted is tried again': {
    faults: [invoke('throttle', 'executeCode', 2)],
    comesOf: { ...answered, stdout: 'ran' },
    ran: 1,
  },
  'an execution that is always refused leaves the service unavailable': {
    faults: [invoke('throttle', 'executeCode')],
    comesOf: /^ServiceUnavailable$/,
    ran: 0,
    timeoutSeconds: SHORT,
  },
  'an execution that is always refused has not run too long, whatever time it has': {
    faults: [invoke('throttle', 'executeCode')],
    request: { ...CODE, timeoutSeconds: 2 },
    comesOf: /^ServiceUnavailable$/,
    ran: 0,
  },
  'a command that is always refused has not run too long either': {
    faults: [invoke('throttle', 'executeCommand')],
    request: { command: 'echo ran', timeoutSeconds: 1 },
    comesOf: /^ServiceUnavailable$/,
    ran: 0,
  },
  'an execution that fails inside of the service is not repeated': {
    faults: [invoke('serverError', 'executeCode')],
    comesOf: /^SessionLost$/,
    ran: 0,
  },
  'an execution whose answer is cut is not repeated': {
    faults: [invoke('cutStream', 'executeCode')],
    comesOf: /^SessionLost$/,
    ran: 1,
  },
  'an execution whose session dies is not repeated': {
    faults: [invoke('killSession', 'executeCode')],
    request: { code: 'import time\ntime.sleep(5)' },
    comesOf: /^SessionLost$/,
    ran: 1,
  },
  'an execution that takes too long is ended before the Lambda is': {
    faults: [],
    request: { code: 'import time\ntime.sleep(60)' },
    comesOf: /^TimedOut$/,
    ran: 1,
    timeoutSeconds: SHORT,
  },
  'an answer that comes too late is not waited for': {
    faults: [{ kind: 'slow', operation: 'InvokeCodeInterpreter', tool: 'executeCode', milliseconds: 12_000 }],
    comesOf: /^TimedOut$/,
    timeoutSeconds: SHORT,
  },
  'files are written again when that fails': {
    faults: [invoke('serverError', 'writeFiles', 1), invoke('cutStream', 'writeFiles', 1)],
    request: FILES,
    comesOf: answered,
    ran: 1,
  },
  'files that cannot be written: nothing was executed': {
    faults: [invoke('throttle', 'writeFiles')],
    request: FILES,
    comesOf: /^ServiceUnavailable$/,
    ran: 0,
    timeoutSeconds: SHORT,
  },
  'files are looked for again when that answer is cut': {
    faults: [invoke('cutStream', 'executeCommand', 1)],
    request: OUTPUT,
    comesOf: { ...answered, files: [expect.objectContaining({ text: 'out' })] },
    ran: 1,
  },
  'files are read again when that fails': {
    faults: [invoke('serverError', 'readFiles', 2)],
    request: OUTPUT,
    comesOf: { ...answered, files: [expect.objectContaining({ text: 'out' })] },
    ran: 1,
  },
  'files that cannot be read after the code has run: another try is not called safe': {
    faults: [invoke('throttle', 'readFiles')],
    request: OUTPUT,
    // Whether the retries or the time end first, is chance.
    comesOf: /^(StagingFailed|TimedOut)$/,
    ran: 1,
    timeoutSeconds: SHORT,
  },
  'a task that may have started is not started again': {
    faults: [invoke('cutStream', 'startCommandExecution')],
    request: { command: 'sleep 5', background: true },
    comesOf: /^SessionLost$/,
    ran: 1,
  },
  'stops that fail are tried again': {
    faults: [{ kind: 'serverError', operation: 'StopCodeInterpreterSession', times: 3 }],
    comesOf: answered,
    ran: 1,
  },
};

/** Whatever goes wrong: the right name, nothing executed twice, no session left. */
describe('with faults in the service', () => {
  test.concurrent.each(Object.entries(cases))(
    '%s',
    async (_, { faults, request = CODE, comesOf, ran, timeoutSeconds }) => {
      await inWorld({ faults, timeoutSeconds }, async (world) => {
        if (comesOf instanceof RegExp) {
          expect((await world.failure(request)).name).toMatch(comesOf);
        } else {
          expect(await world.invoke(request)).toMatchObject(comesOf);
        }
        expect(world.running()).toEqual([]);
        const times = executions(world);
        expect({ times, asExpected: times === (ran ?? Math.min(times, 1)) }).toEqual({ times, asExpected: true });
      });
    },
  );

  test.concurrent('a given session that cannot be looked up is left alone', async () => {
    const faults: FaultRule[] = [{ kind: 'serverError', operation: 'GetCodeInterpreterSession' }];
    await inWorld({ faults, timeoutSeconds: SHORT }, async (world) => {
      const { sessionId } = await world.invoke({ code: 'x = 1', endSession: false });
      expect((await world.failure({ sessionId, code: 'x' })).name).toBe('ServiceUnavailable');
      expect(world.running()).toEqual([sessionId]);
    });
  });

  test.concurrent('code that takes too long is ended also in a given session, which it would block', async () => {
    await inWorld({ timeoutSeconds: SHORT }, async (world) => {
      const { sessionId } = await world.invoke({ code: 'x = 1', endSession: false });
      expect(await world.failure({ sessionId, code: 'import time\ntime.sleep(60)' })).toEqual({
        name: 'TimedOut',
        message: expect.stringMatching(
          /time limit of the Lambda came before what was executed had ended; its session has been stopped$/,
        ),
      });
      expect(world.running()).toEqual([]);
    });
  });

  test.concurrent('a given session is left alone where the time runs out before anything is executed', async () => {
    const faults: FaultRule[] = [
      { kind: 'slow', operation: 'InvokeCodeInterpreter', tool: 'writeFiles', milliseconds: 12_000 },
    ];
    await inWorld({ faults, timeoutSeconds: SHORT }, async (world) => {
      const { sessionId } = await world.invoke({ code: 'x = 1', endSession: false });
      expect(await world.failure({ ...FILES, sessionId })).toEqual({
        name: 'TimedOut',
        message: 'the time limit of the Lambda came before anything was executed',
      });
      expect(world.running()).toEqual([sessionId]);
    });
  });

  test.concurrent('an answer is not lost to a stop that fails; the session ends with the Lambda', async () => {
    const faults: FaultRule[] = [{ kind: 'serverError', operation: 'StopCodeInterpreterSession' }];
    await inWorld({ faults, timeoutSeconds: 60 }, async (world) => {
      expect(await world.invoke(CODE)).toMatchObject({ outcome: 'succeeded', stdout: 'ran', sessionEnded: false });
      expect(world.emulator.sessions()[0]?.sessionTimeoutSeconds).toBeLessThanOrEqual(60 + 30);
    });
  });
});

/** How often the service has executed the code, or begun to: what it refused or failed at does not count. */
function executions(world: InvokerWorld): number {
  const refused = ['ThrottlingException', 'InternalServerException'];
  return world.emulator.history
    .invocations()
    .filter(({ tool, error = '' }) => /^(executeCode|startCommand)/.test(tool) && !refused.includes(error)).length;
}

test('sessions tell by their names whether they are meant to be left running', async () => {
  await inWorld({ sessionTimeoutSeconds: 1_200 }, async (world) => {
    await world.invoke(CODE);
    await world.invoke({ ...CODE, endSession: false });
    const [passing, kept] = world.emulator.sessions();
    expect(passing?.name).toMatch(/^invoker-[0-9a-f]{8}-[0-9a-f-]+$/);
    expect(kept).toMatchObject({ name: expect.stringMatching(/^invoker-kept-/), sessionTimeoutSeconds: 1_200 });
  });
});

async function inWorld(options: LocalEnvironmentOptions, use: (world: InvokerWorld) => Promise<void>): Promise<void> {
  const world = await InvokerWorld.open(options);
  try {
    await use(world);
  } finally {
    await world.close();
  }
}
