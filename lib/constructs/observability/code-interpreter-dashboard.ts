import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { CodeInterpreterTool } from '../agent/code-interpreter-tool';
import { validationError } from '../base/construct-validation';
import { injectProps } from '../base/property-injection';
import type { IBatchAnalysis } from '../batch/batch-analysis-ref';
import type { ICodeInterpreter } from '../model/code-interpreter-base';
import { referenceInterpreter } from '../model/interpreter-reference';
import { metricsByOperation } from './operation-metrics';

/** A dashboard of an interpreter. */
export interface CodeInterpreterDashboardProps {
  /** The interpreter. */
  readonly interpreter: ICodeInterpreter;
  /**
   * The name: letters, digits, hyphens and underscores, 255 characters at most.
   *
   * @default - generated
   */
  readonly dashboardName?: string;
  /**
   * How many sessions the account may have at a time: its quota, drawn as a line.
   *
   * @default 1000
   */
  readonly sessionQuota?: number;
  /**
   * Batches, each with a row of its own: items by their status, durations of runs, estimated cost.
   *
   * @default - none; `addBatch` adds some later
   */
  readonly batches?: IBatchAnalysis[];
  /**
   * Tools behind Gateway, each with a row of its own: calls, failures, duration.
   *
   * @default - none; `addTool` adds some later
   */
  readonly tools?: CodeInterpreterTool[];
}

const WIDTH = 8;

/**
 * A dashboard: invocations, latency, errors, throttles, session durations, active sessions against the quota, vCPU and
 * memory hours, estimated cost. The last three are of the whole account: the service reports them for all interpreters
 * together. Batches have a row each.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * new CodeInterpreterDashboard(this, 'Dashboard', { interpreter });
 */
export class CodeInterpreterDashboard extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterDashboard';

  /** The dashboard, to add widgets to. */
  public readonly dashboard: cloudwatch.Dashboard;
  private readonly interpreter: ICodeInterpreter;

  constructor(scope: Construct, id: string, properties: CodeInterpreterDashboardProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterDashboard.PROPERTY_INJECTION_ID, scope, id, properties);
    this.interpreter = referenceInterpreter(this, props.interpreter);
    this.checkName(props.dashboardName);
    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.days(1),
      widgets: [
        [
          this.byOperation('Invocations', 'Invocations', 'Sum'),
          this.byOperation('Latency at the 95th percentile (ms)', 'Latency', 'p95'),
          this.durations(),
        ],
        [
          this.byOperation('System errors', 'SystemErrors', 'Sum'),
          this.byOperation('User errors', 'UserErrors', 'Sum'),
          this.byOperation('Throttles', 'Throttles', 'Sum'),
        ],
        [this.sessions(props.sessionQuota ?? 1000), this.use(), this.cost()],
      ],
    });
    for (const batch of props.batches ?? []) {
      this.addBatch(batch);
    }
    for (const tool of props.tools ?? []) {
      this.addTool(tool);
    }
  }

  /** Adds a row with what a batch measures. */
  public addBatch(batch: IBatchAnalysis): void {
    this.dashboard.addWidgets(...batch.dashboardWidgets());
  }

  /** Adds a row with what a tool behind Gateway measures. */
  public addTool(tool: CodeInterpreterTool): void {
    this.dashboard.addWidgets(...tool.dashboardWidgets());
  }

  private byOperation(title: string, metricName: string, statistic: string): cloudwatch.IWidget {
    const left = Object.values(metricsByOperation(this.interpreter, metricName, { statistic }));
    return new cloudwatch.GraphWidget({ title, width: WIDTH, left, leftYAxis: { min: 0 } });
  }

  private durations(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Session duration',
      width: WIDTH,
      left: [
        this.interpreter.metricSessionDuration({ label: 'Average' }),
        this.interpreter.metricSessionDuration({ label: 'Maximum', statistic: 'Maximum' }),
      ],
      leftYAxis: { min: 0 },
    });
  }

  private sessions(quota: number): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Active sessions of the account',
      width: WIDTH,
      left: [this.interpreter.metricActiveSessions({ label: 'Active sessions' })],
      leftAnnotations: [{ value: quota, label: 'Quota', color: cloudwatch.Color.RED }],
      leftYAxis: { min: 0 },
    });
  }

  private use(): cloudwatch.IWidget {
    const period = Duration.hours(1);
    return new cloudwatch.GraphWidget({
      title: 'vCPU and memory hours of the account',
      width: WIDTH,
      left: [this.interpreter.metricVcpuHours({ label: 'vCPU-hours', period })],
      right: [this.interpreter.metricMemoryGbHours({ label: 'GB-hours', period })],
      leftYAxis: { min: 0 },
      rightYAxis: { min: 0 },
    });
  }

  private cost(): cloudwatch.IWidget {
    return new cloudwatch.GraphWidget({
      title: 'Estimated cost of the account',
      width: WIDTH,
      left: [this.interpreter.metricEstimatedCost({ period: Duration.hours(1) })],
      leftYAxis: { min: 0, label: 'USD', showUnits: false },
    });
  }

  private checkName(name: string | undefined): void {
    if (name !== undefined && !Token.isUnresolved(name) && !/^[\w-]{1,255}$/.test(name)) {
      throw validationError(
        this,
        'DashboardNameInvalid',
        `dashboardName must be letters, digits, hyphens and underscores, 255 characters at most; got "${name}"`,
      );
    }
  }
}
