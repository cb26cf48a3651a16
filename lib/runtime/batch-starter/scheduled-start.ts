import type { BatchRequest } from '../../contract/batch';
import type { ScheduledStart, ScheduledStartResult } from '../../contract/batch-start';
import { ErrorName } from '../../contract/errors';
import { NamedError } from '../named-error';
import type { Executions } from './executions';
import { fillPrefix } from './prefix-template';

/**
 * Starts the execution that a schedule is due for. It is named after the schedule and its scheduled time, so that the
 * same start, made twice, makes one execution.
 */
export async function startScheduled(start: ScheduledStart, executions: Executions): Promise<ScheduledStartResult> {
  const scheduledTime = momentOf(start.scheduledTime);
  const executionName = `${start.schedule}-${compact(scheduledTime)}`;
  if (start.skipIfRunning) {
    const running = await executions.running();
    if (running === executionName) {
      return { outcome: 'existed', executionName };
    }
    if (running !== undefined) {
      return { outcome: 'skipped', executionName, running };
    }
  }
  const started = await executions.start(executionName, requestOf(start, scheduledTime));
  return { outcome: started ? 'started' : 'existed', executionName };
}

function requestOf(start: ScheduledStart, scheduledTime: Date): BatchRequest {
  const moment = new Date(scheduledTime.getTime() - start.lookBackSeconds * 1000);
  return {
    ...(start.prefix === undefined ? {} : { prefix: fillPrefix(start.prefix, moment, start.timeZone) }),
    parameters: { ...start.parameters, scheduledTime: scheduledTime.toISOString() },
  };
}

function momentOf(text: string): Date {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) {
    throw new NamedError(ErrorName.invalidRequest, `scheduledTime: "${text}" is no time, such as 2026-11-22T01:00:00Z`);
  }
  return moment;
}

/** 20261122T010000Z: what a name of an execution may hold. */
function compact(moment: Date): string {
  return moment.toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
