import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { BatchSettings } from '../../contract/batch';
import { ITEM_TIMEOUT_MAX_SECONDS, pollsOfItem } from '../../contract/long-items';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import { bytesInEnvironment } from '../base/environment-size';
import { requireSynthTimeValue } from '../base/synth-time-value';
import { requireWholeNumber } from '../base/whole-number';
import { checkInput } from '../batch-input/analysis-input-validation';
import type { BatchAnalysisProps } from './batch-analysis-props';
import { COMBINE_LIMITS, checkCombine } from './batch-combine';
import { checkBatchName } from './batch-name';
import { SETUP_LIMITS } from './session-setup';

/** What the values of a batch may be. */
export const BATCH_LIMITS = {
  maxConcurrency: { min: 1, max: 1000, default: 10 },
  itemsPerSession: { min: 1, max: 500, default: 25 },
  itemTimeout: {
    min: Duration.seconds(1),
    max: Duration.seconds(ITEM_TIMEOUT_MAX_SECONDS),
    default: Duration.minutes(5),
  },
  /** An item that may take longer runs in the background: the service ends a request after 15 minutes. */
  maxInRequest: Duration.minutes(13),
  /** A session must outlive its items' timeout by this much. */
  sessionAfterItem: Duration.minutes(1),
  /** Lambda's own limit: the worker returns before, and is called again. */
  workerTimeout: Duration.minutes(15),
  /** A Lambda's environment has 4 KB; names, the addresses of assets and the like take up to 700 bytes of them. */
  settingsBytes: 3_300,
  /** Of a child execution's history, with room for what is not a poll; Step Functions ends it at 25,000. */
  historyEvents: 24_000,
  eventsPerPoll: 9,
} as const;

/** Throws for the first value that cannot work. */
export function checkBatch(scope: IConstruct, name: string, props: BatchAnalysisProps): void {
  checkBatchName(scope, name);
  requireWholeNumber(scope, 'maxConcurrency', props.maxConcurrency, BATCH_LIMITS.maxConcurrency);
  checkSynthTimeValues(scope, props);
  requireWholeNumber(scope, 'itemsPerSession', props.itemsPerSession, BATCH_LIMITS.itemsPerSession);
  requireDuration(scope, 'itemTimeout', props.itemTimeout, BATCH_LIMITS.itemTimeout);
  requireDuration(scope, 'sessionTimeout', props.sessionTimeout, {
    min: Duration.seconds(SESSION_TIMEOUT_SECONDS.min),
    max: Duration.seconds(SESSION_TIMEOUT_SECONDS.max),
  });
  checkSessionOutlivesItem(scope, props);
  checkHistory(scope, props);
  checkPercentage(scope, props.toleratedFailurePercentage);
  requireWholeNumber(scope, 'toleratedFailureCount', props.toleratedFailureCount, { min: 0 });
  if (props.input) {
    checkInput(scope, props.input);
  }
  if (props.combine) {
    checkCombine(scope, props.combine);
  }
}

/** The time to live of sessions, their number, and whether items run in the background are calculated from these. */
function checkSynthTimeValues(scope: IConstruct, props: BatchAnalysisProps): void {
  const reason = 'the timeouts and the number of sessions are calculated from it';
  requireSynthTimeValue(scope, 'itemsPerSession', props.itemsPerSession, reason);
  requireSynthTimeValue(scope, 'itemTimeout', props.itemTimeout, reason);
  requireSynthTimeValue(scope, 'combine.timeout', props.combine?.timeout, reason);
  requireSynthTimeValue(scope, 'setup.timeout', props.setup?.timeout, reason);
}

/** Each poll of an item in the background adds events to its child execution's history, of which there may be 25,000. */
function checkHistory(scope: IConstruct, { itemTimeout, itemsPerSession }: BatchAnalysisProps): void {
  const { maxInRequest, historyEvents, eventsPerPoll } = BATCH_LIMITS;
  if (
    itemsPerSession === undefined ||
    itemTimeout === undefined ||
    itemTimeout.toSeconds() <= maxInRequest.toSeconds()
  ) {
    return;
  }
  const max = Math.floor(historyEvents / (eventsPerPoll * pollsOfItem(itemTimeout.toSeconds())));
  if (itemsPerSession > max) {
    throw validationError(
      scope,
      'BatchHistory',
      `itemsPerSession must be at most ${max} for items that may take ${itemTimeout.toHumanString()}, ` +
        `or the history of an execution would not hold all polls of them; got ${itemsPerSession}`,
    );
  }
}

/** What does not fit into a Lambda's environment would fail at deployment, with a message that does not say what it is. */
export function checkSettings(
  scope: IConstruct,
  settings: BatchSettings,
  environment: { readonly [name: string]: string } = {},
): void {
  const max = BATCH_LIMITS.settingsBytes - Buffer.byteLength(JSON.stringify(environment)) + '{}'.length;
  const bytes = bytesInEnvironment(settings);
  if (bytes > max) {
    const parts = { input: settings.input, parameters: parametersOf(settings), setup: settings.setup };
    const sizes = Object.entries(parts).map(([name, part]) => `${name} ${bytesInEnvironment(part ?? {})}`);
    throw validationError(
      scope,
      'BatchSettingsSize',
      `the settings of the batch take ${bytes} bytes in a Lambda's environment, of at most ${max} (${sizes.join(', ')}): ` +
        "give scripts fewer parameters, and put what is long into an object of the setup or into the execution's input",
    );
  }
}

function parametersOf({ script, combine }: BatchSettings): object[] {
  return [script.parameters, combine?.script.parameters ?? {}];
}

/** Otherwise no item could ever be started in a session. */
function checkSessionOutlivesItem(
  scope: IConstruct,
  { itemTimeout, sessionTimeout, setup, combine }: BatchAnalysisProps,
): void {
  const item = itemTimeout ?? BATCH_LIMITS.itemTimeout.default;
  const combineTimeout = combine ? (combine.timeout ?? COMBINE_LIMITS.timeout.default) : Duration.seconds(0);
  const setupTimeout = setup ? (setup.timeout ?? SETUP_LIMITS.timeout.default) : Duration.seconds(0);
  if (sessionTimeout === undefined || sessionTimeout.isUnresolved()) {
    return;
  }
  const longest = item.toSeconds() > combineTimeout.toSeconds() ? item : combineTimeout;
  const min = longest.plus(setupTimeout).plus(BATCH_LIMITS.sessionAfterItem);
  if (sessionTimeout.toSeconds() < min.toSeconds()) {
    throw validationError(
      scope,
      'BatchSessionTooShort',
      `sessionTimeout must be at least a minute longer than ${setup ? 'setup.timeout and ' : ''}${longest === item ? 'itemTimeout' : 'combine.timeout'}, ${min.toHumanString()}; got ${sessionTimeout.toHumanString()}`,
    );
  }
}

function checkPercentage(scope: IConstruct, value: number | undefined): void {
  if (value !== undefined && !Token.isUnresolved(value) && !(value >= 0 && value <= 100)) {
    throw validationError(scope, 'BatchTolerance', `toleratedFailurePercentage must be 0 to 100; got ${value}`);
  }
}
