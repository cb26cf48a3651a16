import type { BatchRequest, PlanRequest } from '../../contract/batch';
import type { BatchItem } from '../../contract/batch-item';
import { RunLayout } from '../../contract/layout';
import type { LocalEnvironment } from './local-environment';

/** The run under which all items are planned, to see which are the first. */
const PREVIEW_RUN = 'all-items';
/** No input of a person's is called so. */
const LIST_NAME = '.agentcore-local-limit.jsonl';

/** A request for the first items of what another one would run. */
export interface LimitedRequest {
  readonly request: BatchRequest;
  /** How many items the other one has. */
  readonly of: number;
}

/**
 * The first items, in the order of the batch's own plan: after its filters, its manifest and its grid. The planner is
 * asked for all of them, and the first are listed in a manifest, which any batch takes.
 *
 * Fails as the planner does.
 */
export async function limitRequest(
  environment: LocalEnvironment,
  request: BatchRequest,
  limit: number,
): Promise<LimitedRequest> {
  const { deployment, storage } = environment;
  const { bucket, planner, settings } = deployment;
  const layout = new RunLayout(settings.name, PREVIEW_RUN);
  const call: PlanRequest = { executionName: PREVIEW_RUN, request };
  storage.removeAll(bucket, layout.prefix);
  await environment.invoke(planner, call);
  const lines = storage.read(bucket, layout.manifest).toString('utf8').trimEnd().split('\n');
  storage.removeAll(bucket, layout.prefix);
  if (lines.length <= limit) {
    return { request, of: lines.length };
  }
  const manifest = `${settings.input.prefix}${LIST_NAME}`;
  const listed = lines.slice(0, limit).map((line) => {
    const { key, parameters, parametersText } = JSON.parse(line) as BatchItem;
    const own = parametersText ?? (parameters && JSON.stringify(parameters));
    return `{"key":${JSON.stringify(key)}${own === undefined ? '' : `,"parameters":${own}`}}`;
  });
  storage.put(bucket, manifest, Buffer.from(listed.join('\n')));
  const { parameters } = request;
  return { request: { manifest, grid: {}, ...(parameters ? { parameters } : {}) }, of: lines.length };
}
