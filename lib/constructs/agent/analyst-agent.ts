import { Duration, Names, Stack, Token } from 'aws-cdk-lib';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { AGENT_LIMITS, type AgentSettings, agentPrefix } from '../../contract/agent';
import { EnvironmentName } from '../../contract/environment';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { builtFolder } from '../base/built-folder';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import { injectProps } from '../base/property-injection';
import { requireWholeNumber } from '../base/whole-number';
import { acknowledgeAgentRoleRules } from '../compliance/workload-acknowledgements';
import { CodeInterpreterBase } from '../model/code-interpreter-base';
import { stagingOf } from '../model/interpreter-staging';
import type { StagingArea } from '../staging/staging-area';
import type { AnalystAgentProps } from './analyst-agent-props';
import { modelStatements } from './model-permissions';

const MAX_NAME = 40;
const MAX_SYSTEM_PROMPT = 4_000;

/**
 * An agent that answers questions about data with code: a model of Bedrock with the code interpreter's tools, on AgentCore
 * Runtime. It comes as a bundle with this package: nothing is built at synth, and no container is needed.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * declare const role: iam.IRole;
 * const agent = new AnalystAgent(this, 'Analyst', { interpreter, modelId: 'eu.amazon.nova-pro-v1:0' });
 * agent.grantInvoke(role);
 */
export class AnalystAgent extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.AnalystAgent';

  /** The Runtime that the agent runs in; it has the metrics. */
  public readonly runtime: bedrockagentcore.Runtime;
  /** The role of the Runtime. */
  public readonly role: iam.IRole;
  /** Where charts and long output are. */
  public readonly staging: StagingArea;
  /** The name of the agent. */
  public readonly agentName: string;

  constructor(scope: Construct, id: string, properties: AnalystAgentProps) {
    super(scope, id);
    const props = injectProps(AnalystAgent.PROPERTY_INJECTION_ID, scope, id, properties);
    this.check(props);
    this.staging = stagingOf(this, props.interpreter, props.staging);
    this.agentName =
      props.agentName ?? `a${Names.uniqueResourceName(this, { maxLength: MAX_NAME - 1, separator: '-' })}`;
    const runtimeName = this.agentName.replaceAll('-', '_');
    const role = this.createRole(runtimeName, props);
    this.role = role;
    this.runtime = new bedrockagentcore.Runtime(this, 'Runtime', {
      runtimeName,
      description: 'Answers questions about data with code',
      agentRuntimeArtifact: bedrockagentcore.AgentRuntimeArtifact.fromCodeAsset({
        path: builtFolder('agent'),
        runtime: bedrockagentcore.AgentCoreRuntime.NODE_22,
        entrypoint: ['app.js'],
      }),
      // Not to be extended by aws-cdk-lib, whose grants are wider: the whole assets bucket, X-Ray, identities.
      executionRole: role.withoutPolicyUpdates(),
      networkConfiguration: props.network,
      tracingEnabled: props.tracing,
      loggingConfigs: props.loggingConfigs,
      environmentVariables: this.environment(props),
    });
    // The Runtime reads its bundle when it is created.
    this.runtime.node.addDependency(role);
  }

  /** Grants permission to ask the agent. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.runtime.grantInvokeRuntime(grantee);
  }

  /** Grants permission to read charts and output that were too large for an answer. */
  public grantReadFiles(grantee: iam.IGrantable): iam.Grant {
    return this.staging.grantRead(grantee, agentPrefix(this.agentName));
  }

  private environment(props: AnalystAgentProps): Record<string, string> {
    const { limits = {}, interpreter, modelId, systemPrompt, dataPrefix } = props;
    const settings: AgentSettings = {
      name: this.agentName,
      model: `bedrock:${modelId}`,
      systemPrompt,
      dataPrefix,
      limits: {
        turns: limits.turns ?? AGENT_LIMITS.turns.default,
        toolCalls: limits.toolCalls ?? AGENT_LIMITS.toolCalls.default,
        seconds: limits.time?.toSeconds() ?? AGENT_LIMITS.seconds.default,
      },
    };
    return {
      [EnvironmentName.agentSettings]: Stack.of(this).toJsonString(settings),
      [EnvironmentName.interpreterId]: interpreter.codeInterpreterId,
      [EnvironmentName.stagingBucket]: this.staging.bucket.bucketName,
      [EnvironmentName.stagingPrefix]: agentPrefix(this.agentName),
      [EnvironmentName.sessionTimeoutSeconds]: String((props.sessionTimeout ?? Duration.hours(1)).toSeconds()),
    };
  }

  private createRole(
    runtimeName: string,
    { interpreter, modelId, modelArns, dataPrefix }: AnalystAgentProps,
  ): iam.Role {
    const { partition, region, account } = Stack.of(this);
    const role = new iam.Role(this, 'Role', {
      description: 'What an analyst agent can do in this account',
      assumedBy: new iam.ServicePrincipal('bedrock-agentcore.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': `arn:${partition}:bedrock-agentcore:${region}:${account}:*` },
        },
      }),
    });
    const bundle = new assets.Asset(this, 'Bundle', { path: builtFolder('agent') });
    const logGroups = `arn:${partition}:logs:${region}:${account}:log-group:`;
    const ownLogs = `${logGroups}/aws/bedrock-agentcore/runtimes/${runtimeName}-*`;
    const statement = (actions: string[], ...resources: string[]) =>
      role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    statement(['s3:GetObject'], bundle.bucket.arnForObjects(bundle.s3ObjectKey));
    statement(['logs:CreateLogGroup', 'logs:DescribeLogStreams'], ownLogs);
    statement(['logs:DescribeLogGroups'], `${logGroups}*`);
    statement(['logs:CreateLogStream', 'logs:PutLogEvents'], `${ownLogs}:log-stream:*`);
    for (const model of modelStatements(this, modelId, modelArns)) {
      role.addToPolicy(model);
    }
    this.staging.grantReadWrite(role, agentPrefix(this.agentName));
    if (dataPrefix !== undefined) {
      this.staging.grantRead(role, dataPrefix);
    }
    interpreter.grantUse(role);
    if (!(interpreter instanceof CodeInterpreterBase)) {
      // The L2's own grant leaves out what it takes to know whether a session runs.
      interpreter.grant(role, 'bedrock-agentcore:GetCodeInterpreterSession');
    }
    acknowledgeAgentRoleRules(role);
    return role;
  }

  private check({ agentName, systemPrompt, dataPrefix, limits = {}, sessionTimeout }: AnalystAgentProps): void {
    requireWholeNumber(this, 'limits.turns', limits.turns, AGENT_LIMITS.turns);
    requireWholeNumber(this, 'limits.toolCalls', limits.toolCalls, AGENT_LIMITS.toolCalls);
    requireDuration(this, 'limits.time', limits.time, {
      min: Duration.seconds(AGENT_LIMITS.seconds.min),
      max: Duration.seconds(AGENT_LIMITS.seconds.max),
    });
    requireDuration(this, 'sessionTimeout', sessionTimeout, {
      min: Duration.minutes(1),
      max: Duration.seconds(SESSION_TIMEOUT_SECONDS.max),
    });
    const known = (value: string | undefined): value is string => value !== undefined && !Token.isUnresolved(value);
    if (Token.isUnresolved(agentName) || (known(agentName) && !isName(agentName))) {
      const right = 'must be letters, digits and single hyphens, beginning with a letter, at most 40 characters';
      const got = Token.isUnresolved(agentName) ? 'a value that is not known at synth' : `"${agentName}"`;
      throw validationError(this, 'AgentName', `agentName ${right}; got ${got}`);
    }
    if (known(systemPrompt) && systemPrompt.length > MAX_SYSTEM_PROMPT) {
      const problem = `systemPrompt must have at most ${MAX_SYSTEM_PROMPT} characters; got ${systemPrompt.length}`;
      throw validationError(this, 'AgentSystemPrompt', problem);
    }
    if (known(dataPrefix) && !/^[^/].*\/$/.test(dataPrefix)) {
      const problem = `dataPrefix must end with "/" and not begin with it, such as "incoming/people/"; got "${dataPrefix}"`;
      throw validationError(this, 'AgentDataPrefix', problem);
    }
  }
}

function isName(name: string): boolean {
  return name.length <= MAX_NAME && /^[a-zA-Z](-?[0-9a-zA-Z])*$/.test(name);
}
