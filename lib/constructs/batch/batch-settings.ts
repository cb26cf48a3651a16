import type { Duration } from 'aws-cdk-lib';
import type { BatchSettings, SetupSettings, StageSettings } from '../../contract/batch';
import type { JsonObject } from '../../contract/json';
import { type Language, SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import type { AnalysisInput } from '../batch-input/analysis-input';
import type { BoundAnalysisScript } from './analysis-script';
import type { BatchAnalysisProps } from './batch-analysis-props';
import { COMBINE_LIMITS } from './batch-combine';
import { BATCH_LIMITS } from './batch-validation';

/** For the start of a session, and for the time between its items. */
const SESSION_OVERHEAD_SECONDS = 900;

/** The parts of a batch that are in a stack. */
export interface BoundParts {
  readonly script: BoundAnalysisScript;
  readonly combine?: BoundAnalysisScript;
  readonly setup?: SetupSettings;
}

/** How many items a session gets: one if it may take longer than a request to the service. */
export function itemsPerSession(props: BatchAnalysisProps): number {
  return props.itemsPerSession ?? (isLong(itemTimeout(props)) ? 1 : BATCH_LIMITS.itemsPerSession.default);
}

/** The settings that the handlers read, with every default filled in. */
export function toBatchSettings(
  name: string,
  input: AnalysisInput,
  { script, combine, setup }: BoundParts,
  props: BatchAnalysisProps,
): BatchSettings {
  const overhead = SESSION_OVERHEAD_SECONDS + (setup?.timeoutSeconds ?? 0);
  const stage = (of: BoundAnalysisScript, timeout: Duration, items: number): StageSettings => ({
    script: { name: of.name, language: of.language as Language, parameters: of.parameters as JsonObject },
    itemTimeoutSeconds: timeout.toSeconds(),
    longItems: isLong(timeout),
    sessionTimeoutSeconds:
      props.sessionTimeout?.toSeconds() ??
      Math.min(timeout.toSeconds() * items + overhead, SESSION_TIMEOUT_SECONDS.max),
  });
  return {
    name,
    input: input._settings(),
    ...stage(script, itemTimeout(props), itemsPerSession(props)),
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

function itemTimeout(props: BatchAnalysisProps): Duration {
  return props.itemTimeout ?? BATCH_LIMITS.itemTimeout.default;
}

function isLong(timeout: Duration): boolean {
  return timeout.toSeconds() > BATCH_LIMITS.maxInRequest.toSeconds();
}
