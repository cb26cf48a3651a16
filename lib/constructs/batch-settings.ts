import type { BatchSettings } from '../contract/batch';
import type { JsonObject } from '../contract/json';
import { type Language, SESSION_TIMEOUT_SECONDS } from '../contract/service';
import type { AnalysisInput } from './analysis-input';
import type { BoundAnalysisScript } from './analysis-script';
import type { BatchAnalysisProps } from './batch-analysis-props';
import { BATCH_LIMITS } from './batch-validation';

/** For a session's start, and for what happens between its items. */
const AROUND_ITEMS_SECONDS = 900;

/** How many items a session gets: one, if it may take longer than a request to the service. */
export function itemsPerSessionOf(props: BatchAnalysisProps): number {
  return props.itemsPerSession ?? (isLong(props) ? 1 : BATCH_LIMITS.itemsPerSession.default);
}

/** What the handlers are told, with every default in its place. */
export function settingsOf(
  name: string,
  input: AnalysisInput,
  script: BoundAnalysisScript,
  props: BatchAnalysisProps,
): BatchSettings {
  const itemTimeoutSeconds = itemTimeoutOf(props);
  const itemsTogether = itemTimeoutSeconds * itemsPerSessionOf(props) + AROUND_ITEMS_SECONDS;
  return {
    name,
    input: input._settings(),
    script: {
      name: script.name,
      language: script.language as Language,
      parameters: script.parameters as JsonObject,
    },
    itemTimeoutSeconds,
    longItems: isLong(props),
    sessionTimeoutSeconds: props.sessionTimeout?.toSeconds() ?? Math.min(itemsTogether, SESSION_TIMEOUT_SECONDS.max),
    toleratedFailurePercentage: props.toleratedFailurePercentage ?? 0,
  };
}

function itemTimeoutOf(props: BatchAnalysisProps): number {
  return (props.itemTimeout ?? BATCH_LIMITS.itemTimeout.default).toSeconds();
}

function isLong(props: BatchAnalysisProps): boolean {
  return itemTimeoutOf(props) > BATCH_LIMITS.longestInRequest.toSeconds();
}
