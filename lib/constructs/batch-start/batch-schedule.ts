import { Duration, Token } from 'aws-cdk-lib';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IConstruct } from 'constructs';
import { PREFIX_FIELDS, type ScheduledStart } from '../../contract/batch-start';
import type { JsonObject } from '../../contract/json';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import { requireSynthTimeValue } from '../base/synth-time-value';
import type { BatchContext } from '../batch-input/batch-context';
import { checkParameters, checkStartId, checkWithin } from './batch-start-validation';
import type { BatchStarter } from './batch-starter';

/** When a batch starts by itself, and with what. */
export interface BatchScheduleOptions {
  /** When: a cron expression, a rate, or one moment. Its time zone is also that of the fields in `prefix`. */
  readonly schedule: scheduler.ScheduleExpression;
  /**
   * Items are those below this prefix, which begins with the batch's own, ends with `/`, and may hold fields that are
   * filled in with the scheduled time: `{date}` (2026-11-22), `{yyyy}`, `{MM}`, `{dd}`, `{HH}`, `{mm}`.
   *
   * @default - the batch's own items
   */
  readonly prefix?: string;
  /**
   * The fields in `prefix` are of the moment this long before the scheduled time: `Duration.days(1)` for a nightly run
   * over the day that has ended. 0 to 366 days.
   *
   * @default Duration.seconds(0)
   */
  readonly lookBack?: Duration;
  /**
   * Laid over the script's parameters. Besides, the script finds `scheduledTime`: ISO 8601, UTC.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: unknown };
  /**
   * The execution may begin this much later than scheduled, so that not everything starts at once. 1 minute to 24 hours,
   * in whole minutes.
   *
   * @default - no window
   */
  readonly flexibleWindow?: Duration;
  /**
   * Whether to skip a start while any execution of this batch is running.
   *
   * @default true
   */
  readonly skipIfRunning?: boolean;
  /**
   * How late Scheduler may still deliver the start, 1 minute to 24 hours; after that it goes to the dead-letter queue.
   *
   * @default Duration.hours(1)
   */
  readonly maxEventAge?: Duration;
  /**
   * Whether the schedule is switched on.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

const MINUTE = Duration.minutes(1);
const DAY = Duration.hours(24);

/** Adds a schedule to a batch. */
export function addSchedule(
  batch: BatchContext,
  starter: BatchStarter,
  id: string,
  options: BatchScheduleOptions,
): scheduler.Schedule {
  check(batch, id, options);
  return new scheduler.Schedule(starter, id, {
    schedule: options.schedule,
    description: `Starts batch ${batch.batchName}`,
    timeWindow: options.flexibleWindow ? scheduler.TimeWindow.flexible(options.flexibleWindow) : undefined,
    enabled: options.enabled,
    target: new LambdaInvoke(starter.handler, {
      input: scheduler.ScheduleTargetInput.fromObject(startOf(id, options)),
      role: starter.schedulerRole(),
      deadLetterQueue: starter.deadLetters,
      maxEventAge: options.maxEventAge ?? Duration.hours(1),
    }),
  });
}

function startOf(id: string, options: BatchScheduleOptions): ScheduledStart {
  return {
    kind: 'schedule',
    schedule: id,
    scheduledTime: scheduler.ContextAttribute.scheduledTime,
    timeZone: options.schedule.timeZone?.timezoneName ?? 'Etc/UTC',
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    lookBackSeconds: options.lookBack?.toSeconds() ?? 0,
    parameters: (options.parameters ?? {}) as JsonObject,
    skipIfRunning: options.skipIfRunning ?? true,
  };
}

function check({ scope, input }: BatchContext, id: string, options: BatchScheduleOptions): void {
  checkStartId(scope, id);
  checkItems({ scope, input });
  checkParameters(scope, options.parameters);
  checkPrefix({ scope, input }, options.prefix);
  requireDuration(scope, 'lookBack', options.lookBack, { min: Duration.seconds(0), max: Duration.days(366) });
  requireSynthTimeValue(scope, 'maxEventAge', options.maxEventAge, 'aws-cdk-lib compares it with limits');
  requireDuration(scope, 'maxEventAge', options.maxEventAge, { min: MINUTE, max: DAY });
  checkWindow(scope, options.flexibleWindow);
}

function checkWindow(scope: IConstruct, flexibleWindow: Duration | undefined): void {
  requireSynthTimeValue(scope, 'flexibleWindow', flexibleWindow, 'aws-cdk-lib compares it with limits');
  requireDuration(scope, 'flexibleWindow', flexibleWindow, { min: MINUTE, max: DAY });
  const window = flexibleWindow?.toSeconds() ?? 0;
  if (window % 60 !== 0) {
    throw validationError(scope, 'ScheduleWindow', `flexibleWindow must be in whole minutes; got ${window} seconds`);
  }
}

function checkItems({ scope, input }: Pick<BatchContext, 'scope' | 'input'>): void {
  if (input.kind === 'items' && input.keys.length === 0) {
    throw validationError(
      scope,
      'ScheduleWithoutItems',
      'a schedule starts without naming items, and this batch has none of its own: give AnalysisInput.fromItems() keys, or use AnalysisInput.fromPrefix()',
    );
  }
}

function checkPrefix({ scope, input }: Pick<BatchContext, 'scope' | 'input'>, prefix: string | undefined): void {
  if (prefix === undefined || Token.isUnresolved(prefix)) {
    return;
  }
  checkWithin(scope, 'prefix', prefix, input.prefix);
  const fields = [...prefix.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  const unknown = fields.find((name) => !PREFIX_FIELDS.some((known) => known === name));
  const rest = prefix.replaceAll(/\{[^{}]*\}/g, '');
  if (unknown !== undefined || /[{}]/.test(rest)) {
    const known = PREFIX_FIELDS.map((name) => `{${name}}`).join(', ');
    throw validationError(scope, 'SchedulePrefixField', `fields of prefix must be of ${known}; got "${prefix}"`);
  }
}
