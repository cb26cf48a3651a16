import type { BatchRequest, RunSummary } from '../../contract/batch';
import { RUN_EVENT_CAUSES, RUN_EVENT_TEXT_CHARACTERS, type RunEventDetail } from '../../contract/batch-events';
import { ErrorName } from '../../contract/errors';

/**
 * What is needed of the event of Step Functions.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export interface ExecutionEnded {
  readonly detail: {
    readonly executionArn: string;
    readonly name: string;
    readonly status: keyof typeof STATUS;
    /** Milliseconds since 1970. */
    readonly startDate: number;
    readonly stopDate: number;
    /** JSON; absent if it is too large for an event. */
    readonly input?: string | null;
    readonly error?: string | null;
    readonly cause?: string | null;
  };
}

/** What a run fails with once it has a report. */
const REPORTED = new Set<string>([ErrorName.tooManyItemsFailed, ErrorName.combiningFailed]);

const STATUS = { SUCCEEDED: 'succeeded', FAILED: 'failed', TIMED_OUT: 'timedOut', ABORTED: 'aborted' } as const;

/** The run that the execution was of: its input may name one to resume. */
export function runIdOf(executionName: string, input: string | null | undefined): string {
  try {
    const { runId } = JSON.parse(input || '{}') as BatchRequest;
    // An input that Plan has refused can hold anything.
    return typeof runId === 'string' && /^[A-Za-z0-9_-]{1,80}$/.test(runId) ? runId : executionName;
  } catch {
    return executionName;
  }
}

/** Whether the report is this execution's: a resumed run has one from before, too. */
export function isOfExecution(summary: RunSummary, { detail }: ExecutionEnded): boolean {
  return Date.parse(summary.finishedAt) >= detail.startDate;
}

/**
 * What is reported of an execution, without the link to its report.
 *
 * @param reason why it failed, if it did and that is known
 */
export function describeRun(
  batch: string,
  event: ExecutionEnded,
  summary: RunSummary | undefined,
  reason: string | undefined,
): Omit<RunEventDetail, 'report'> {
  const { detail } = event;
  const status = STATUS[detail.status];
  return {
    version: 1,
    batch,
    runId: runIdOf(detail.name, detail.input),
    status,
    message: messageOf(event, summary, reason),
    ...(detail.error ? { error: shortened(detail.error) } : {}),
    executionArn: detail.executionArn,
    executionName: detail.name,
    startedAt: new Date(detail.startDate).toISOString(),
    finishedAt: new Date(detail.stopDate).toISOString(),
    ...(summary ? factsOf(summary) : {}),
  };
}

function factsOf({ counts, failures, cost }: RunSummary): Pick<RunEventDetail, 'counts' | 'failures' | 'cost'> {
  const causes = failures.slice(0, RUN_EVENT_CAUSES);
  return {
    counts,
    failures: causes.map(({ name, message, count }) => ({ name, message: shortened(message), count })),
    cost,
  };
}

/** Whether its end is what its report says. One that was redriven has a report from before, however it ended then. */
function isReported({ status, error }: ExecutionEnded['detail']): boolean {
  return status === 'SUCCEEDED' || (status === 'FAILED' && REPORTED.has(error ?? ''));
}

function messageOf({ detail }: ExecutionEnded, summary: RunSummary | undefined, reason: string | undefined): string {
  if (summary && isReported(detail)) {
    return shortened(summary.message);
  }
  switch (detail.status) {
    case 'TIMED_OUT':
      return 'the execution timed out';
    case 'ABORTED':
      return 'the execution was stopped';
    case 'SUCCEEDED':
      return 'the execution succeeded';
    case 'FAILED':
      return shortened(reason ?? detail.error ?? 'the execution failed');
  }
}

function shortened(text: string): string {
  return text.length > RUN_EVENT_TEXT_CHARACTERS ? `${text.slice(0, RUN_EVENT_TEXT_CHARACTERS - 1)}…` : text;
}
