import type {
  GatherResponse,
  ReporterRequest,
  ReportRequest,
  ReportResponse,
  RunSummary,
  SweptSessions,
  TryAgain,
} from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { ErrorName } from '../../contract/errors';
import { batchSettings } from '../batch/batch-settings';
import { failRun } from '../batch/fail-run';
import { Gatherer } from '../batch/gather';
import { Reporter, type Sweep } from '../batch/report';
import { RunSessions } from '../batch/run-sessions';
import { runsOfBatch } from '../batch/runs-of-batch';
import { writeMetrics } from '../batch-events/embedded-metrics';
import { type ExecutionEnded, runIdOf } from '../batch-events/ended-execution';
import { runMetrics } from '../batch-events/run-metrics';
import { Deadline } from '../deadline';
import { type LambdaContext, lambdaHandler } from '../lambda-handler';
import { messageOf, nameOf } from '../named-error';
import { Interpreter } from '../session/interpreter';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';

/** How long looking for open sessions may keep the report waiting. */
const SWEEP_SECONDS = 60;

const REFUSALS = new Set<string>([ErrorName.invalidRequest, ErrorName.invalidInput]);

/** What the end of a run takes: the states Gather results, Report and Run failed, and events of executions that ended without them. */
export const handler = lambdaHandler(runsOfBatch, atEndOfRun);

async function atEndOfRun(
  request: ReporterRequest | ExecutionEnded,
  context: LambdaContext,
): Promise<GatherResponse | ReportResponse | TryAgain | SweptSessions> {
  const deadline = Deadline.of(context, 60);
  if ('detail' in request) {
    return sweep(request, deadline);
  }
  switch (request.action) {
    case 'gather':
      return new Gatherer(batchSettings(), store(), request.runId, request.executionName, request.mapFailure).gather();
    case 'report':
      return report(request, deadline);
    case 'fail':
      return failRun(request);
  }
}

/** Stops orphaned sessions, and reports on the run. */
async function report(request: ReportRequest, deadline: Deadline): Promise<ReportResponse> {
  const swept = await sweepBeforeReport(request.plan.runId, deadline);
  const objects = store();
  const response = await new Reporter(batchSettings(), objects, request).report(swept);
  const summary = await objects.findJson<RunSummary>(response.summaryKey);
  if (summary) {
    writeMetrics(runMetrics(summary));
  }
  return response;
}

/** That the sessions cannot be listed or stopped, or not in time, is a warning in the report, and must not cost it. */
async function sweepBeforeReport(runId: string, deadline: Deadline): Promise<Sweep> {
  try {
    const inTime = Deadline.inSeconds(Math.min(SWEEP_SECONDS, deadline.secondsLeft / 2));
    return { stopped: await sessionsOf(runId).stop(inTime) };
  } catch (error) {
    return { stopped: 0, failure: `${nameOf(error)}: ${messageOf(error)}` };
  }
}

/** What Plan has refused had no session yet; it may name a run that another execution is at work on. */
async function sweep({ detail }: ExecutionEnded, deadline: Deadline): Promise<SweptSessions> {
  if (REFUSALS.has(detail.error ?? '')) {
    return { stopped: 0 };
  }
  return { stopped: await sessionsOf(runIdOf(detail.name, detail.input)).stopAndLookAgain(deadline) };
}

function sessionsOf(runId: string): RunSessions {
  const interpreter = new Interpreter(required(EnvironmentName.interpreterId));
  return new RunSessions(interpreter, required(EnvironmentName.stagingBucket), batchSettings().name, runId);
}

function store(): ObjectStore {
  return new ObjectStore(required(EnvironmentName.stagingBucket));
}
