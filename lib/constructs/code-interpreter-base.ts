import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { StagingArea } from './staging-area';

/** A code interpreter with its staging area: one of this app, one that is there already, or the one that AWS manages. */
export interface ICodeInterpreter extends bedrockagentcore.ICodeInterpreterCustom {
  /** The bucket of inputs, outputs and results. */
  readonly staging: StagingArea;
  /** What its sessions reach: `SANDBOX`, `PUBLIC` or `VPC`; undefined where it is not known. */
  readonly networkMode?: string;
  /** Allows to find sessions and to stop them, but not to start or use any. */
  grantSweep(grantee: iam.IGrantable): iam.Grant;
}

/** What created, imported and managed interpreters have in common. */
export abstract class CodeInterpreterBase
  extends bedrockagentcore.CodeInterpreterCustomBase
  implements ICodeInterpreter
{
  /** The bucket of inputs, outputs and results. */
  public abstract readonly staging: StagingArea;
  /** What its sessions reach: `SANDBOX`, `PUBLIC` or `VPC`; undefined where it is not known. */
  public abstract readonly networkMode?: string;

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
}
