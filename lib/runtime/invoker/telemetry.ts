import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import { nameOf } from '../named-error';

/** The namespace of the invoker's own metrics. */
export const METRICS_NAMESPACE = 'CodeInterpreterInvoker';

/**
 * What a call logs: one line of JSON with names, counts and times, in the embedded metric format, of which CloudWatch
 * makes metrics. Code, data, output, paths, and the messages of errors, which may hold any of these, are never in it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class Telemetry {
  private readonly startedAt = Date.now();

  constructor(
    private readonly requestId: string,
    private readonly write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
  ) {}

  answered(request: InvokerRequest, answer: InvokerResponse): void {
    this.log('INFO', 'answered', {
      ...shapeOf(request),
      sessionId: answer.sessionId,
      sessionEnded: answer.sessionEnded,
      outcome: answer.outcome,
      exitCode: answer.exitCode,
      executionSeconds: answer.executionTime,
      filesOut: answer.files.length,
      bytesOut: answer.files.reduce((sum, { bytes }) => sum + bytes, 0),
      Calls: 1,
      Errors: 0,
      CodeFailures: answer.isError ? 1 : 0,
    });
  }

  failed(error: unknown): void {
    this.log('ERROR', 'failed', { error: nameOf(error), Calls: 1, Errors: 1, CodeFailures: 0 });
  }

  private log(level: string, message: string, facts: Record<string, unknown>): void {
    const now = Date.now();
    const units = { Calls: 'Count', Errors: 'Count', CodeFailures: 'Count', Duration: 'Milliseconds' };
    const metrics = Object.entries(units).map(([Name, Unit]) => ({ Name, Unit }));
    const line = {
      level,
      message,
      timestamp: new Date(now).toISOString(),
      service: 'invoker',
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      requestId: this.requestId,
      // X-Ray's id of the trace, to go from a line to the trace and back.
      xrayTraceId: /Root=([^;]+)/.exec(process.env._X_AMZN_TRACE_ID ?? '')?.[1],
      ...facts,
      Duration: now - this.startedAt,
      _aws: {
        Timestamp: now,
        CloudWatchMetrics: [{ Namespace: METRICS_NAMESPACE, Dimensions: [['functionName']], Metrics: metrics }],
      },
    };
    this.write(JSON.stringify(line));
  }
}

/** What kind of request it was, without what is in it. */
function shapeOf(request: InvokerRequest): Record<string, unknown> {
  const kind = (['code', 'command', 'script', 'tool', 'task'] as const).find((name) => request[name] !== undefined);
  return {
    kind,
    tool: request.tool?.name,
    language: request.language,
    runtime: request.runtime,
    background: request.background ?? false,
    givenSession: request.sessionId !== undefined,
    filesIn: request.files?.length ?? 0,
  };
}
