import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import { type LambdaContext, loggableName } from '../lambda-handler';

/** The namespace of the invoker's own metrics. */
export const METRICS_NAMESPACE = 'CodeInterpreterInvoker';
const SERVICE = 'invoker';

const logger = new Logger({ serviceName: SERVICE });
const metrics = metricsByFunction();

/** The dimensions are API: `service`, which Powertools would add, is not among them. */
function metricsByFunction(): Metrics {
  const made = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: SERVICE });
  made.clearDefaultDimensions();
  return made.setDefaultDimensions({ functionName: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'unknown' });
}

/**
 * What a call leaves in the log: a line with names, counts and times, and one in the embedded metric format, of which
 * CloudWatch makes metrics. Code, data, output, paths, and the messages of errors, which may hold any of these, are never
 * in them: so neither the event nor an error as such is given to the logger.
 */
export class Telemetry {
  private readonly startedAt = Date.now();

  constructor(private readonly context: LambdaContext) {
    logger.addContext(context);
  }

  answered(request: InvokerRequest, answer: InvokerResponse): void {
    const durationMs = this.count({ errors: 0, codeFailures: answer.isError ? 1 : 0 });
    logger.info('answered', {
      ...shapeOf(request),
      sessionId: answer.sessionId,
      sessionEnded: answer.sessionEnded,
      outcome: answer.outcome,
      exitCode: answer.exitCode,
      executionSeconds: answer.executionTime,
      filesOut: answer.files.length,
      bytesOut: answer.files.reduce((sum, { bytes }) => sum + bytes, 0),
      durationMs,
    });
  }

  failed(error: unknown): void {
    const durationMs = this.count({ errors: 1, codeFailures: 0 });
    logger.error('failed', { error: loggableName(error), durationMs });
  }

  /** @returns how long the call has taken, in milliseconds */
  private count({ errors, codeFailures }: { errors: number; codeFailures: number }): number {
    const durationMs = Date.now() - this.startedAt;
    metrics
      .addMetric('Calls', MetricUnit.Count, 1)
      .addMetric('Errors', MetricUnit.Count, errors)
      .addMetric('CodeFailures', MetricUnit.Count, codeFailures)
      .addMetric('Duration', MetricUnit.Milliseconds, durationMs)
      .addMetadata('requestId', this.context.awsRequestId)
      // At once, so that a call that fails is counted like any other.
      .publishStoredMetrics();
    return durationMs;
  }
}

/** What kind of request it was, without what is in it. */
function shapeOf(request: InvokerRequest) {
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
