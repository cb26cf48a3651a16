import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { PRICES } from '../../contract/service';
import type { StagingArea } from '../staging/staging-area';
import { SessionActions } from './session-actions';

/** A code interpreter with its staging area: one of this app, an imported one, or the one that AWS manages. */
export interface ICodeInterpreter extends bedrockagentcore.ICodeInterpreterCustom {
  /** The bucket of inputs, outputs and results. */
  readonly staging: StagingArea;
  /** The network mode of its sessions: `SANDBOX`, `PUBLIC` or `VPC`; undefined if unknown. */
  readonly networkMode?: string;
  /** The physical name; undefined if unknown. */
  readonly interpreterName?: string;
  /** Grants permission to use running sessions, but not to start or stop any. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant;
  /** Grants permission to list and stop sessions, but not to start or use any. */
  grantSweep(grantee: iam.IGrantable): iam.Grant;
  /** Active sessions of all interpreters of the account in this Region. */
  metricActiveSessions(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** vCPU-hours used by sessions of all interpreters of the account. */
  metricVcpuHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Gigabyte-hours used by sessions of all interpreters of the account. */
  metricMemoryGbHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** Cost of the sessions of all interpreters of the account, in US dollars. */
  metricEstimatedCost(props?: cloudwatch.MetricOptions): cloudwatch.MathExpression;
}

const NAMESPACE = 'AWS/Bedrock-AgentCore';
/** The service's name in metrics over all interpreters. */
const SERVICE_DIMENSION = 'AgentCore.CodeInterpreter';

/** Common base of created, imported and AWS-managed interpreters. */
export abstract class CodeInterpreterBase
  extends bedrockagentcore.CodeInterpreterCustomBase
  implements ICodeInterpreter
{
  /** The bucket of inputs, outputs and results. */
  public abstract readonly staging: StagingArea;
  /** The network mode of its sessions: `SANDBOX`, `PUBLIC` or `VPC`; undefined if unknown. */
  public abstract readonly networkMode?: string;
  /** The physical name; undefined if unknown. */
  public abstract readonly interpreterName?: string;

  /**
   * Grants permission to start sessions, use them, reattach to a running one, and stop them: `StartCodeInterpreterSession`,
   * `InvokeCodeInterpreter`, `GetCodeInterpreterSession` and `StopCodeInterpreterSession`.
   */
  public override grantUse(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...SessionActions.use);
  }

  /**
   * Grants permission to list and stop sessions, but not to start or use any. `ListCodeInterpreterSessions` is granted on all
   * resources, since the service supports no narrower ones for it.
   */
  public grantSweep(grantee: iam.IGrantable): iam.Grant {
    const list = iam.Grant.addToPrincipal({
      grantee,
      actions: [...SessionActions.list],
      resourceArns: ['*'],
    });
    return this.grant(grantee, ...SessionActions.stop).combine(list);
  }

  /** A metric of one operation of the API. Dimensions that are given are added to those of the operation. */
  public override metricForApiOperation(
    metricName: string,
    operation: string,
    props?: cloudwatch.MetricOptions,
  ): cloudwatch.Metric {
    return this.metric(metricName, { ...props, dimensionsMap: { Operation: operation, ...props?.dimensionsMap } });
  }

  /** How long sessions last, on average. Dimensions that are given are added to those of the metric. */
  public override metricSessionDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metricForApiOperation('Duration', 'CodeInterpreterSession', { statistic: 'Average', ...props });
  }

  /** Active sessions of all interpreters of the account in this Region; by default the maximum. */
  public metricActiveSessions(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.accountMetric('ActiveSessionCount', { statistic: 'Maximum', ...props });
  }

  /** vCPU-hours used by sessions of all interpreters of the account. It can be an hour late. */
  public metricVcpuHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.accountMetric('CPUUsed-vCPUHours', { statistic: 'Sum', ...props });
  }

  /** Gigabyte-hours used by sessions of all interpreters of the account. It can be an hour late. */
  public metricMemoryGbHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.accountMetric('MemoryUsed-GBHours', { statistic: 'Sum', ...props });
  }

  /** Cost of the sessions of all interpreters of the account, in US dollars, by the list prices of us-east-1. */
  public metricEstimatedCost(props?: cloudwatch.MetricOptions): cloudwatch.MathExpression {
    const { vcpuHour, gbHour, asOf } = PRICES;
    return new cloudwatch.MathExpression({
      expression: `vcpu * ${vcpuHour} + memory * ${gbHour}`,
      usingMetrics: { vcpu: this.metricVcpuHours(props), memory: this.metricMemoryGbHours(props) },
      label: props?.label ?? `Estimated cost in USD (prices of ${asOf})`,
      period: props?.period,
    });
  }

  /**
   * The interpreter as a construct in a scope refers to it.
   *
   * @internal
   */
  public _referenceFrom(_scope: Construct): ICodeInterpreter {
    return this;
  }

  private accountMetric(metricName: string, props: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName,
      region: this.env.region,
      account: this.env.account,
      ...props,
      dimensionsMap: { Service: SERVICE_DIMENSION, ...props.dimensionsMap },
    });
  }
}
