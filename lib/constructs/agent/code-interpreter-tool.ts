import { Duration, Names, Tokenization } from 'aws-cdk-lib';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CODE_TOOL_NAMES, type CodeToolName, TOOL_METRICS, TOOL_NAME_MAX_LENGTH } from '../../contract/code-tools';
import { EnvironmentName } from '../../contract/environment';
import { injectProps } from '../base/property-injection';
import { acknowledgeGatewayRoleRules } from '../compliance/workload-acknowledgements';
import { HandlerLambda } from '../lambda/handler-lambda';
import { CodeInterpreterBase } from '../model/code-interpreter-base';
import { stagingOf } from '../model/interpreter-staging';
import { StagingArea } from '../staging/staging-area';
import { CodeInterpreterToolOperation, type CodeInterpreterToolProps } from './code-interpreter-tool-props';
import { checkTool } from './code-interpreter-tool-validation';
import { gatewayToolSchema } from './gateway-tool-schema';
import { iamGateway } from './iam-gateway';

/** Compiles only while the enumeration and the table of tools have the same operations. */
const OPERATIONS: Readonly<Record<CodeToolName, CodeInterpreterToolOperation>> = {
  execute_python: CodeInterpreterToolOperation.EXECUTE_PYTHON,
  execute_javascript: CodeInterpreterToolOperation.EXECUTE_JAVASCRIPT,
  run_command: CodeInterpreterToolOperation.RUN_COMMAND,
  write_files: CodeInterpreterToolOperation.WRITE_FILES,
  read_files: CodeInterpreterToolOperation.READ_FILES,
  list_files: CodeInterpreterToolOperation.LIST_FILES,
  start_task: CodeInterpreterToolOperation.START_TASK,
  get_task: CodeInterpreterToolOperation.GET_TASK,
  stop_session: CodeInterpreterToolOperation.STOP_SESSION,
};

/**
 * A code interpreter as a tool of agents, behind an AgentCore Gateway: a Lambda target that runs code, moves files and
 * follows long work in sessions. Each answer names its session; an agent that passes the name on stays in it.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * declare const agentRole: iam.IRole;
 * const tool = new CodeInterpreterTool(this, 'Tool', { interpreter });
 * tool.grantInvoke(agentRole);
 */
export class CodeInterpreterTool extends Construct {
  /** Uniquely identifies this class. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterTool';

  /** The Gateway that offers the tool. */
  public readonly gateway: bedrockagentcore.IGateway;
  /** The target of the Gateway. */
  public readonly target: bedrockagentcore.GatewayTarget;
  /** The Lambda behind the target. */
  public readonly handler: lambda.Function;
  /** Where large files are. */
  public readonly staging: StagingArea;
  /** The name of the tool. */
  public readonly toolName: string;

  constructor(scope: Construct, id: string, given: CodeInterpreterToolProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterTool.PROPERTY_INJECTION_ID, scope, id, given);
    checkTool(this, props);
    this.staging = stagingOf(this, props.interpreter, props.staging);
    this.toolName =
      props.toolName ?? Names.uniqueResourceName(this, { maxLength: TOOL_NAME_MAX_LENGTH, separator: '-' });
    const operations = CODE_TOOL_NAMES.filter((name) => props.operations?.includes(OPERATIONS[name]) ?? true);
    this.handler = this.lambda(props, operations);
    this.gateway = props.gateway ?? iamGateway(this, 'Gateway');
    this.target = this.addTarget(props.targetName ?? 'code-interpreter', operations);
  }

  /** Grants permission to call the Gateway, and so to run code in the interpreter's sessions. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.gateway.grantInvoke(grantee);
  }

  /** Grants permission to read results that were too large for an answer. */
  public grantReadFiles(grantee: iam.IGrantable): iam.Grant {
    return this.staging.grantRead(grantee, this.prefix);
  }

  /** A metric of the tool: `Calls`, `Errors`, `InvalidCalls`, `CodeFailures` or `Duration`. Default statistic: the sum. */
  public metric(metricName: string, props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: TOOL_METRICS.namespace,
      metricName,
      statistic: 'Sum',
      ...props,
      dimensionsMap: { [TOOL_METRICS.dimension]: this.toolName, ...props?.dimensionsMap },
    }).attachTo(this);
  }

  /** How many calls agents made. */
  public metricCalls(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TOOL_METRICS.calls, props);
  }

  /** How many calls failed for another reason than their arguments or their code. */
  public metricErrors(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TOOL_METRICS.errors, props);
  }

  /** How many calls had invalid arguments, or a session that is not this tool's. */
  public metricInvalidCalls(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TOOL_METRICS.invalidCalls, props);
  }

  /** How many calls ran code that failed. */
  public metricCodeFailures(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TOOL_METRICS.codeFailures, props);
  }

  /** How long calls took, in milliseconds. Default statistic: the average. */
  public metricDuration(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(TOOL_METRICS.duration, { statistic: 'Average', ...props });
  }

  /** A dashboard's row about the tool: calls, failures, duration. */
  public dashboardWidgets(): cloudwatch.IWidget[] {
    const widget = (title: string, left: cloudwatch.IMetric[]) =>
      new cloudwatch.GraphWidget({ title: `${this.toolName}: ${title}`, width: 8, left, leftYAxis: { min: 0 } });
    return [
      widget('calls', [this.metricCalls({ label: 'Calls' })]),
      widget('failures', [
        this.metricErrors({ label: 'Errors' }),
        this.metricInvalidCalls({ label: 'Invalid calls' }),
        this.metricCodeFailures({ label: 'Failures of code' }),
      ]),
      widget('duration (ms)', [
        this.metricDuration({ label: 'Average' }),
        this.metricDuration({ label: '95th percentile', statistic: 'p95' }),
      ]),
    ];
  }

  private get prefix(): string {
    return `${StagingArea.TOOLS_PREFIX}${this.toolName}/`;
  }

  private lambda(props: CodeInterpreterToolProps, operations: readonly CodeToolName[]): lambda.Function {
    const { interpreter } = props;
    const handler = new HandlerLambda(this, 'Lambda', {
      handler: 'code-interpreter-tool',
      description: 'Runs code in sessions of an AgentCore code interpreter, as a tool of agents',
      timeout: props.timeout ?? Duration.minutes(5),
      memorySize: props.memorySize ?? 512,
      options: { logRetention: props.logRetention },
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      // Of asynchronous calls: code could run twice.
      retryAttempts: 0,
      environment: {
        [EnvironmentName.interpreterId]: interpreter.codeInterpreterId,
        [EnvironmentName.stagingBucket]: this.staging.bucket.bucketName,
        [EnvironmentName.stagingPrefix]: this.prefix,
        [EnvironmentName.sessionTimeoutSeconds]: Tokenization.stringifyNumber(
          (props.sessionTimeout ?? Duration.minutes(15)).toSeconds(),
        ),
        [EnvironmentName.toolName]: this.toolName,
        [EnvironmentName.toolOperations]: JSON.stringify(operations),
      },
    });
    this.staging.grantReadWrite(handler, this.prefix);
    interpreter.grantUse(handler);
    if (!(interpreter instanceof CodeInterpreterBase)) {
      // The L2's own grant leaves out what it takes to know whose a session is.
      interpreter.grant(handler, 'bedrock-agentcore:GetCodeInterpreterSession');
    }
    return handler;
  }

  private addTarget(name: string, operations: readonly CodeToolName[]): bedrockagentcore.GatewayTarget {
    const target = bedrockagentcore.GatewayTarget.forLambda(this, 'Target', {
      gateway: this.gateway,
      gatewayTargetName: name,
      description: 'Runs code in an isolated session',
      lambdaFunction: this.handler,
      toolSchema: gatewayToolSchema(operations),
    });
    // A target is created only once its Gateway may call the Lambda.
    target.node.addDependency(this.gateway.role);
    acknowledgeGatewayRoleRules(this.gateway.role);
    return target;
  }
}
