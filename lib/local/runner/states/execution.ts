import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExecutionError, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { JsonObject, JsonValue } from '../../../contract/json';
import { LOCAL_ACCOUNT } from '../local-account';
import { LambdaError } from '../local-lambda';
import { type Definition, isDistributedMap, type StateDefinition } from './definition';
import { evaluateTemplate } from './evaluate-template';
import { MapRun } from './map-run';
import type { ExecutionIdentity, ExecutionOutcome, ExecutionServices } from './services';

/** The largest input or output of a state, in bytes. */
const STATE_DATA_BYTES = 256 * 1024;

/** Executes a definition. Distributed Maps, which the interpreter of the rest does not know, run as tasks. */
export async function execute(
  definition: Definition,
  input: JsonValue,
  execution: ExecutionIdentity,
  services: ExecutionServices,
): Promise<ExecutionOutcome> {
  if (services.signal?.aborted) {
    // Its event has passed, and would not be heard.
    return { status: 'ABORTED', path: [] };
  }
  const { arn, name, redriveCount = 0 } = execution;
  const context = { Execution: { Id: arn, Name: name, Input: input, RedriveCount: redriveCount } };
  const machine = new StateMachine(asTasks(definition, services.timeScale ?? 1) as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const trace: Trace = { path: [] };
  const run = machine.run(input, { context, overrides: overridesFor(definition, context, services) });
  const abort = () => run.abort();
  services.signal?.addEventListener('abort', abort);
  const logged = logTo(trace, run.eventLogs);
  try {
    const output = await run.result;
    await logged;
    return { status: 'SUCCEEDED', output, ...trace };
  } catch (error) {
    await logged;
    return { ...failureOf(error), ...trace };
  } finally {
    services.signal?.removeEventListener('abort', abort);
  }
}

/** Stands before the state that a redrive begins with; no state can have its name. */
const REDRIVE = '';

/**
 * Goes on with an execution that did not succeed, as a redrive does: from the state that it ended in, with that state's
 * input, under the same name. Of a Map Run, all children are executed again, and not only those that did not succeed.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export async function redrive(
  definition: Definition,
  input: JsonValue,
  execution: ExecutionIdentity,
  services: ExecutionServices,
  { status, last }: ExecutionOutcome,
): Promise<ExecutionOutcome> {
  if (!last || status === 'SUCCEEDED') {
    throw new Error(`execution ${execution.name} cannot be redriven: its status is ${status}`);
  }
  const begin: StateDefinition = { Type: 'Pass', Result: last.input, Next: last.state };
  const again = { ...definition, StartAt: REDRIVE, States: { ...definition.States, [REDRIVE]: begin } };
  const { redriveCount = 0 } = execution;
  const outcome = await execute(again, input, { ...execution, redriveCount: redriveCount + 1 }, services);
  return { ...outcome, path: outcome.path.filter((state) => state !== REDRIVE) };
}

/** Of the states that were entered, only the last one's input is kept: there may be thousands of them. */
interface Trace {
  readonly path: string[];
  last?: ExecutionOutcome['last'];
}

async function logTo(trace: Trace, events: AsyncIterable<{ type: string }>): Promise<void> {
  for await (const event of events) {
    if (event.type === 'StateEntered') {
      const { name, input } = (event as unknown as { state: { name: string; input: JsonValue } }).state;
      trace.path.push(name);
      trace.last = { state: name, input };
    }
  }
}

function failureOf(error: unknown): Omit<ExecutionOutcome, 'path' | 'last'> {
  const { name, message } = error as Error;
  if (name === 'ExecutionAbortedError') {
    return { status: 'ABORTED' };
  }
  if (name === 'ExecutionTimeoutError') {
    return { status: 'TIMED_OUT', error: 'States.Timeout' };
  }
  const cause = error instanceof ExecutionError ? (error.cause as Error) : { name, message };
  return { status: 'FAILED', error: cause.name, cause: cause.message };
}

/** What only a Map state may have. */
const MAP_FIELDS = new Set(['ItemReader', 'ItemProcessor', 'ItemBatcher', 'ItemSelector', 'ResultWriter', 'Label']);

/**
 * How long a task may take that says nothing of it: as good as forever, as in Step Functions. The interpreter would end
 * it after a minute. In seconds; as milliseconds it is the most that a timer of Node.js takes.
 */
const NO_TIMEOUT_SECONDS = 2_147_483;

/** A Distributed Map becomes a task of the same name, which keeps its retries, catches and result paths. */
function asTasks(definition: Definition, timeScale: number): Definition {
  const states = Object.entries(definition.States).map(([name, state]): [string, StateDefinition] => {
    if (state.Type === 'Task') {
      return [name, { TimeoutSeconds: NO_TIMEOUT_SECONDS, ...state }];
    }
    if (state.Type === 'Wait' && timeScale !== 1) {
      const { Seconds, SecondsPath, ...rest } = state;
      return [name, { ...rest, Type: 'Task', Resource: `local:wait:${name}`, TimeoutSeconds: NO_TIMEOUT_SECONDS }];
    }
    if (!isDistributedMap(state)) {
      return [name, state];
    }
    const kept = Object.entries(state).filter(([field]) => !MAP_FIELDS.has(field));
    const task = { Type: 'Task', Resource: `local:map-run:${name}`, TimeoutSeconds: NO_TIMEOUT_SECONDS };
    return [name, { ...Object.fromEntries(kept), ...task }];
  });
  return { ...definition, States: Object.fromEntries(states) };
}

type Task = (input: JsonValue) => Promise<JsonValue>;

function overridesFor(definition: Definition, context: JsonObject, services: ExecutionServices) {
  const taskResourceLocalHandlers: Record<string, Task> = {};
  const retryIntervalOverrides: Record<string, number[]> = {};
  const { timeScale = 1 } = services;
  for (const [name, state] of Object.entries(definition.States)) {
    if (state.Type === 'Task') {
      taskResourceLocalHandlers[name] = (input) => callTask(name, String(state.Resource), input, services);
    } else if (isDistributedMap(state)) {
      taskResourceLocalHandlers[name] = (input) => new MapRun(name, state, context, services, execute).run(input);
    }
    if (timeScale !== 1 && state.Type === 'Wait') {
      taskResourceLocalHandlers[name] = (input) => waitScaled(state, input, timeScale);
    }
    if (timeScale !== 1 && Array.isArray(state.Retry)) {
      const retriers = state.Retry as { IntervalSeconds?: number }[];
      retryIntervalOverrides[name] = retriers.map(({ IntervalSeconds = 1 }) => IntervalSeconds * 1000 * timeScale);
    }
  }
  return { taskResourceLocalHandlers, retryIntervalOverrides };
}

/** A Wait that is named as a task, so that its time can be scaled. */
async function waitScaled(state: StateDefinition, input: JsonValue, timeScale: number): Promise<JsonValue> {
  const { Seconds = 0, SecondsPath } = state;
  const template: JsonObject = SecondsPath === undefined ? { seconds: Seconds } : { 'seconds.$': SecondsPath };
  const { seconds } = (await evaluateTemplate(template, input, {})) as { seconds: number };
  await sleep(seconds * 1000 * timeScale);
  return input;
}

async function callTask(
  state: string,
  resource: string,
  input: JsonValue,
  services: ExecutionServices,
): Promise<JsonValue> {
  requireStateData(state, 'input', input);
  const output = await services.invoke(resource, input);
  requireStateData(state, 'output', output);
  return output;
}

function requireStateData(state: string, what: string, data: JsonValue): void {
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > STATE_DATA_BYTES) {
    const message = `the ${what} of state "${state}" has ${bytes} bytes, more than the ${STATE_DATA_BYTES} that it may have`;
    throw new LambdaError('States.DataLimitExceeded', message);
  }
}

/** The ARN and name of a new execution. */
export function newExecution(stateMachine: string, name: string = randomUUID()): { arn: string; name: string } {
  const { partition, region, accountId } = LOCAL_ACCOUNT;
  return { arn: `arn:${partition}:states:${region}:${accountId}:execution:${stateMachine}:${name}`, name };
}
