import type { ReportRequest, ReportResponse, RunSummary } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { sessionName } from '../../contract/layout';
import { batchSettings } from '../batch/batch-settings';
import { Reporter } from '../batch/report';
import { writeMetrics } from '../batch-events/embedded-metrics';
import { runMetrics } from '../batch-events/run-metrics';
import { Deadline } from '../deadline';
import { Interpreter } from '../session/interpreter';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';

/** Handles the Report state: ends the sessions that are left over, and tells how the run went. */
export async function handler(
  request: ReportRequest,
  context: { getRemainingTimeInMillis(): number },
): Promise<ReportResponse> {
  const settings = batchSettings();
  const store = new ObjectStore(required(EnvironmentName.stagingBucket));
  const leftOver = await stopLeftOver(sessionName(settings.name, request.plan.runId), Deadline.of(context, 60));
  const response = await new Reporter(settings, store, request.plan, request.executionName).report(leftOver);
  const summary = await store.findJson<RunSummary>(response.summaryKey);
  if (summary) {
    writeMetrics(runMetrics(summary));
  }
  return response;
}

async function stopLeftOver(name: string, deadline: Deadline): Promise<number> {
  const interpreter = new Interpreter(required(EnvironmentName.interpreterId));
  const sessions = await interpreter.readySessions(name, deadline);
  const stopped = await Promise.all(sessions.map((sessionId) => interpreter.stop(sessionId, deadline)));
  return stopped.filter((ended) => ended).length;
}
