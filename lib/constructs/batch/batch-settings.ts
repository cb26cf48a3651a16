import type { Duration } from 'aws-cdk-lib';
import type { BatchSettings, SetupSettings, StageSettings } from '../../contract/batch';
import type { JsonObject } from '../../contract/json';
import { type Language, SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import type { AnalysisInput } from '../batch-input/analysis-input';
import type { BoundAnalysisScript } from './analysis-script';
import type { BatchAnalysisProps } from './batch-analysis-props';
import { COMBINE_LIMITS } from './batch-combine';
import { BATCH_LIMITS } from './batch-validation';

/** For a session's start, and for what happens between its items. */
const AROUND_ITEMS_SECONDS = 900;

/** The parts of a batch that are in a stack. */
export interface BoundParts {
  readonly script: BoundAnalysisScript;
  readonly combine?: BoundAnalysisScript;
  readonly setup?: SetupSettings;
}

/** How many items a session gets: one, if it may take longer than a request to the service. */
export function itemsPerSessionOf(props: BatchAnalysisProps): number {
  return props.itemsPerSession ?? (isLong(itemTimeoutOf(props)) ? 1 : BATCH_LIMITS.itemsPerSession.default);
}

/** What the handlers are told, with every default in its place. */
export function settingsOf(
  name: string,
  input: AnalysisInput,
  { script, combine, setup }: BoundParts,
  props: BatchAnalysisProps,
): BatchSettings {
  const around = AROUND_ITEMS_SECONDS + (setup?.timeoutSeconds ?? 0);
  const stage = (of: BoundAnalysisScript, timeout: Duration, items: number): StageSettings => ({
    script: { name: of.name, language: of.language as Language, parameters: of.parameters as JsonObject },
    itemTimeoutSeconds: timeout.toSeconds(),
    longItems: isLong(timeout),
    sessionTimeoutSeconds:
      props.sessionTimeout?.toSeconds() ?? Math.min(timeout.toSeconds() * items + around, SESSION_TIMEOUT_SECONDS.max),
  });
  return {
    name,
    input: input._settings(),
    ...stage(script, itemTimeoutOf(props), itemsPerSessionOf(props)),
    tolerated: { percentage: props.toleratedFailurePercentage, count: props.toleratedFailureCount },
    ...(props.spreadsheet ? { spreadsheet: true } : {}),
    ...(setup ? { setup } : {}),
    ...(combine && props.combine
      ? {
          combine: {
            ...stage(combine, props.combine.timeout ?? COMBINE_LIMITS.timeout.default, 1),
            files: props.combine.files ?? [],
          },
        }
      : {}),
  };
}

function itemTimeoutOf(props: BatchAnalysisProps): Duration {
  return props.itemTimeout ?? BATCH_LIMITS.itemTimeout.default;
}

function isLong(timeout: Duration): boolean {
  return timeout.toSeconds() > BATCH_LIMITS.longestInRequest.toSeconds();
}
