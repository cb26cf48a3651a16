import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { BatchSettings } from '../../contract/batch';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import { bytesInEnvironment } from '../base/environment-size';
import { checkInput } from '../batch-input/analysis-input-validation';
import type { BatchAnalysisProps } from './batch-analysis-props';
import { COMBINE_LIMITS } from './batch-combine';
import { SETUP_LIMITS } from './session-setup';

/** What the values of a batch may be. */
export const BATCH_LIMITS = {
  name: /^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$/,
  maxConcurrency: { min: 1, max: 1000, default: 10 },
  itemsPerSession: { min: 1, max: 500, default: 25 },
  itemTimeout: { min: Duration.seconds(1), max: Duration.minutes(465), default: Duration.minutes(5) },
  /** An item that may take longer runs in the background: the service ends a request after 15 minutes. */
  longestInRequest: Duration.minutes(13),
  /** What a session must outlive its items' timeout by, at least. */
  sessionAfterItem: Duration.minutes(1),
  /** Lambda's own limit: the worker returns before, and is called again. */
  workerTimeout: Duration.minutes(15),
  /** A Lambda's environment has 4 KB; names, the addresses of assets and the like take up to 700 bytes of them. */
  settingsBytes: 3_300,
  /** Of a child execution's history, with room for what is not a look at an item; Step Functions ends it at 25,000. */
  historyEvents: 24_000,
  eventsPerLook: 9,
} as const;

/** Throws for the first value that cannot work. */
export function checkBatch(scope: IConstruct, name: string, props: BatchAnalysisProps): void {
  if (Token.isUnresolved(name) || !BATCH_LIMITS.name.test(name)) {
    throw validationError(
      scope,
      'BatchName',
      `batchName must be 1 to 48 of A-Z a-z 0-9 _ -, beginning with a letter or a digit; got "${name}"`,
    );
  }
  checkCount(scope, 'maxConcurrency', props.maxConcurrency);
  checkCount(scope, 'itemsPerSession', props.itemsPerSession);
  requireDuration(scope, 'itemTimeout', props.itemTimeout, BATCH_LIMITS.itemTimeout);
  requireDuration(scope, 'sessionTimeout', props.sessionTimeout, {
    min: Duration.seconds(SESSION_TIMEOUT_SECONDS.min),
    max: Duration.seconds(SESSION_TIMEOUT_SECONDS.max),
  });
  checkSessionOutlivesItem(scope, props);
  checkHistory(scope, props);
  checkPercentage(scope, props.toleratedFailurePercentage);
  checkTolerated(scope, props.toleratedFailureCount);
  if (props.input) {
    checkInput(scope, props.input);
  }
}

/**
 * Each look at an item in the background is some events in its child execution's history, of which there may be 25,000.
 * The looks are 5 seconds apart at first, and a minute from the tenth minute on: about 36 until then.
 */
function checkHistory(scope: IConstruct, { itemTimeout, itemsPerSession }: BatchAnalysisProps): void {
  const { longestInRequest, historyEvents, eventsPerLook } = BATCH_LIMITS;
  if (itemsPerSession === undefined || Token.isUnresolved(itemsPerSession) || itemTimeout === undefined) {
    return;
  }
  if (itemTimeout.isUnresolved() || itemTimeout.toSeconds() <= longestInRequest.toSeconds()) {
    return;
  }
  const looks = 36 + (itemTimeout.toSeconds() - 600) / 60;
  const most = Math.floor(historyEvents / (eventsPerLook * looks));
  if (itemsPerSession > most) {
    throw validationError(
      scope,
      'BatchHistory',
      `itemsPerSession must be at most ${most} for items that may take ${itemTimeout.toHumanString()}, ` +
        `or the history of an execution would not hold all looks at them; got ${itemsPerSession}`,
    );
  }
}

/** What does not fit into a Lambda's environment would fail at deployment, with a message that does not say what it is. */
export function checkSettings(scope: IConstruct, settings: BatchSettings): void {
  const bytes = bytesInEnvironment(settings);
  if (bytes > BATCH_LIMITS.settingsBytes) {
    const parts = { input: settings.input, parameters: parametersOf(settings), setup: settings.setup };
    const sizes = Object.entries(parts).map(([name, part]) => `${name} ${bytesInEnvironment(part ?? {})}`);
    throw validationError(
      scope,
      'BatchSettingsSize',
      `the batch's settings take ${bytes} bytes in a Lambda's environment, of at most ${BATCH_LIMITS.settingsBytes} (${sizes.join(', ')}): ` +
        "give scripts fewer parameters, and put what is long into an object of the set-up or into the execution's input",
    );
  }
}

function parametersOf({ script, combine }: BatchSettings): object[] {
  return [script.parameters, combine?.script.parameters ?? {}];
}

function checkCount(scope: IConstruct, field: 'maxConcurrency' | 'itemsPerSession', value: number | undefined): void {
  const { min, max } = BATCH_LIMITS[field];
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!Number.isInteger(value) || value < min || value > max) {
    throw validationError(
      scope,
      `Batch_${field}`,
      `${field} must be a whole number from ${min} to ${max}; got ${value}`,
    );
  }
}

/** Else no item could ever be started in a session. */
function checkSessionOutlivesItem(
  scope: IConstruct,
  { itemTimeout, sessionTimeout, setup, combine }: BatchAnalysisProps,
): void {
  const item = itemTimeout ?? BATCH_LIMITS.itemTimeout.default;
  const combining = combine ? (combine.timeout ?? COMBINE_LIMITS.timeout.default) : Duration.seconds(0);
  const before = setup ? (setup.timeout ?? SETUP_LIMITS.timeout.default) : Duration.seconds(0);
  if (sessionTimeout === undefined || [sessionTimeout, item, combining, before].some((each) => each.isUnresolved())) {
    return;
  }
  const longest = item.toSeconds() > combining.toSeconds() ? item : combining;
  const least = longest.plus(before).plus(BATCH_LIMITS.sessionAfterItem);
  if (sessionTimeout.toSeconds() < least.toSeconds()) {
    throw validationError(
      scope,
      'BatchSessionTooShort',
      `sessionTimeout must be at least a minute longer than ${setup ? 'setup.timeout and ' : ''}${longest === item ? 'itemTimeout' : 'combine.timeout'}, ${least.toHumanString()}; got ${sessionTimeout.toHumanString()}`,
    );
  }
}

function checkTolerated(scope: IConstruct, value: number | undefined): void {
  if (value !== undefined && !Token.isUnresolved(value) && !(Number.isInteger(value) && value >= 0)) {
    throw validationError(scope, 'BatchTolerance', `toleratedFailureCount must be a whole number from 0; got ${value}`);
  }
}

function checkPercentage(scope: IConstruct, value: number | undefined): void {
  if (value !== undefined && !Token.isUnresolved(value) && !(value >= 0 && value <= 100)) {
    throw validationError(scope, 'BatchTolerance', `toleratedFailurePercentage must be 0 to 100; got ${value}`);
  }
}
