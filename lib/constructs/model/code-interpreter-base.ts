import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PRICES } from '../../contract/service';
import type { StagingArea } from '../staging/staging-area';

/** A code interpreter with its staging area: one of this app, one that is there already, or the one that AWS manages. */
export interface ICodeInterpreter extends bedrockagentcore.ICodeInterpreterCustom {
  /** The bucket of inputs, outputs and results. */
  readonly staging: StagingArea;
  /** What its sessions reach: `SANDBOX`, `PUBLIC` or `VPC`; undefined where it is not known. */
  readonly networkMode?: string;
  /** The physical name; undefined where it is not known. */
  readonly interpreterName?: string;
  /** Allows to use sessions that are there already, but not to start or stop any. */
  grantInvoke(grantee: iam.IGrantable): iam.Grant;
  /** Allows to find sessions and to stop them, but not to start or use any. */
  grantSweep(grantee: iam.IGrantable): iam.Grant;
  /** How many sessions of all interpreters of the account are active in this Region. */
  metricActiveSessions(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** What sessions of all interpreters of the account used, in vCPU-hours. */
  metricVcpuHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** What sessions of all interpreters of the account used, in gigabyte-hours. */
  metricMemoryGbHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric;
  /** What sessions of all interpreters of the account cost, in US dollars. */
  metricEstimatedCost(props?: cloudwatch.MetricOptions): cloudwatch.MathExpression;
}

const NAMESPACE = 'AWS/Bedrock-AgentCore';
/** What the service calls itself where it reports on all interpreters together. */
const SERVICE_DIMENSION = 'AgentCore.CodeInterpreter';

/** What created, imported and managed interpreters have in common. */
export abstract class CodeInterpreterBase
  extends bedrockagentcore.CodeInterpreterCustomBase
  implements ICodeInterpreter
{
  /** The bucket of inputs, outputs and results. */
  public abstract readonly staging: StagingArea;
  /** What its sessions reach: `SANDBOX`, `PUBLIC` or `VPC`; undefined where it is not known. */
  public abstract readonly networkMode?: string;
  /** The physical name; undefined where it is not known. */
  public abstract readonly interpreterName?: string;

  /**
   * Allows to start sessions, to use them, to take up a running one again, and to stop them: `StartCodeInterpreterSession`,
   * `InvokeCodeInterpreter`, `GetCodeInterpreterSession` and `StopCodeInterpreterSession`.
   */
  public override grantUse(grantee: iam.IGrantable): iam.Grant {
    return this.grant(
      grantee,
      'bedrock-agentcore:StartCodeInterpreterSession',
      'bedrock-agentcore:InvokeCodeInterpreter',
      'bedrock-agentcore:GetCodeInterpreterSession',
      'bedrock-agentcore:StopCodeInterpreterSession',
    );
  }

  /**
   * Allows to find sessions and to stop them, but not to start or use any. `ListCodeInterpreterSessions` is allowed on all
   * resources, since the service knows no narrower ones for it.
   */
  public grantSweep(grantee: iam.IGrantable): iam.Grant {
    const list = iam.Grant.addToPrincipal({
      grantee,
      actions: ['bedrock-agentcore:ListCodeInterpreterSessions'],
      resourceArns: ['*'],
    });
    return this.grant(grantee, 'bedrock-agentcore:StopCodeInterpreterSession').combine(list);
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

  /** How many sessions of all interpreters of the account are active in this Region, at most. */
  public metricActiveSessions(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.accountMetric('ActiveSessionCount', { statistic: 'Maximum', ...props });
  }

  /** What sessions of all interpreters of the account used, in vCPU-hours. It can be an hour late. */
  public metricVcpuHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.accountMetric('CPUUsed-vCPUHours', { statistic: 'Sum', ...props });
  }

  /** What sessions of all interpreters of the account used, in gigabyte-hours. It can be an hour late. */
  public metricMemoryGbHours(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.accountMetric('MemoryUsed-GBHours', { statistic: 'Sum', ...props });
  }

  /** What sessions of all interpreters of the account cost, in US dollars, by the list prices of us-east-1. */
  public metricEstimatedCost(props?: cloudwatch.MetricOptions): cloudwatch.MathExpression {
    const { vcpuHour, gbHour, asOf } = PRICES;
    return new cloudwatch.MathExpression({
      expression: `vcpu * ${vcpuHour} + memory * ${gbHour}`,
      usingMetrics: { vcpu: this.metricVcpuHours(props), memory: this.metricMemoryGbHours(props) },
      label: props?.label ?? `Estimated cost in USD (prices of ${asOf})`,
      period: props?.period,
    });
  }

  private accountMetric(metricName: string, props: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName,
      region: this.stack.region,
      account: this.stack.account,
      ...props,
      dimensionsMap: { Service: SERVICE_DIMENSION, ...props.dimensionsMap },
    });
  }
}
