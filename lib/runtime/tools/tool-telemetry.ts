import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { CODE_TOOL_NAMES, TOOL_METRICS } from '../../contract/code-tools';
import { ErrorName } from '../../contract/errors';
import type { LambdaContext } from '../lambda-handler';
import type { ToolAnswer } from './tool-answer';

const SERVICE = 'code-interpreter-tool';

const logger = new Logger({ serviceName: SERVICE });

function metricsOf(toolName: string): Metrics {
  const made = new Metrics({ namespace: TOOL_METRICS.namespace, serviceName: SERVICE });
  made.clearDefaultDimensions();
  return made.setDefaultDimensions({ [TOOL_METRICS.dimension]: toolName });
}

/**
 * What a call leaves in the log: names, counts and times, and the metrics. Code, data, output and messages, which may hold
 * any of these, are never in it.
 */
export class ToolTelemetry {
  private readonly startedAt = Date.now();
  private readonly metrics: Metrics;

  constructor(context: LambdaContext, toolName: string) {
    logger.addContext(context as never);
    this.metrics = metricsOf(toolName);
  }

  answered(operation: string | undefined, { isError, error, data }: ToolAnswer): void {
    const durationMs = Date.now() - this.startedAt;
    const refused = error === ErrorName.invalidRequest;
    this.metrics
      .addMetric(TOOL_METRICS.calls, MetricUnit.Count, 1)
      .addMetric(TOOL_METRICS.errors, MetricUnit.Count, error !== undefined && !refused ? 1 : 0)
      .addMetric(TOOL_METRICS.invalidCalls, MetricUnit.Count, refused ? 1 : 0)
      .addMetric(TOOL_METRICS.codeFailures, MetricUnit.Count, isError && error === undefined ? 1 : 0)
      .addMetric(TOOL_METRICS.duration, MetricUnit.Milliseconds, durationMs)
      .publishStoredMetrics();
    const { outcome, sessionId, sessionEnded, exitCode, executionSeconds } = data;
    // What is no operation is text of the caller's.
    const known = CODE_TOOL_NAMES.some((name) => name === operation) ? operation : 'unknown';
    const line = { operation: known, outcome, error, sessionId, sessionEnded, exitCode, executionSeconds, durationMs };
    if (error !== undefined && !refused) {
      logger.error('failed', line);
    } else {
      logger.info('answered', line);
    }
  }
}
