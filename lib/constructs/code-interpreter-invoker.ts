import { Duration } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { EnvironmentName } from '../contract/environment';
import { SESSION_TIMEOUT_SECONDS } from '../contract/service';
import { requireDuration } from './duration-range';
import { HandlerLambda } from './handler-lambda';
import { stagingOf } from './interpreter-staging';
import { StagingArea } from './staging-area';
import type { StagingBucket } from './staging-bucket';

/** What an invoker is made of. */
export interface CodeInterpreterInvokerProps {
  /** The interpreter whose sessions it uses. Anything that the L2 of aws-cdk-lib knows as a code interpreter. */
  readonly interpreter: bedrockagentcore.ICodeInterpreterCustom;
  /**
   * The bucket for files that are too large for a request or an answer, under `invoker/`.
   *
   * @default - the interpreter's own staging area; required for an interpreter that has none
   */
  readonly staging?: StagingBucket;
  /**
   * How long one call may take, 1 to 15 minutes. The session is stopped 20 seconds before.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;
  /**
   * The memory of the Lambda, in megabytes.
   *
   * @default 512
   */
  readonly memorySize?: number;
  /**
   * How long a new session may live if a call does not say, 1 second to 8 hours.
   *
   * @default Duration.minutes(15)
   */
  readonly sessionTimeout?: Duration;
  /**
   * How long the Lambda's logs are kept. They hold neither code nor data.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}

/**
 * A Lambda that runs code or a command in a session: it starts one or takes a given one, writes files, executes, reads
 * files back, and stops the session whatever happened.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * const invoker = new CodeInterpreterInvoker(this, 'Invoker', { interpreter });
 * invoker.grantInvoke(new iam.AccountPrincipal('111122223333'));
 */
export class CodeInterpreterInvoker extends Construct {
  /** The Lambda, for alarms and settings of one's own. */
  public readonly handler: lambda.Function;
  /** Where large files are. */
  public readonly staging: StagingArea;

  constructor(scope: Construct, id: string, props: CodeInterpreterInvokerProps) {
    super(scope, id);
    const { interpreter, timeout = Duration.minutes(15), memorySize = 512 } = props;
    const sessionTimeout = props.sessionTimeout ?? Duration.seconds(SESSION_TIMEOUT_SECONDS.default);
    requireDuration(this, 'timeout', timeout, { min: Duration.minutes(1), max: Duration.minutes(15) });
    requireDuration(this, 'sessionTimeout', sessionTimeout, {
      min: Duration.seconds(SESSION_TIMEOUT_SECONDS.min),
      max: Duration.seconds(SESSION_TIMEOUT_SECONDS.max),
    });
    this.staging = stagingOf(this, interpreter, props.staging);
    this.handler = new HandlerLambda(this, 'Lambda', {
      handler: 'invoker',
      description: 'Runs code in sessions of an AgentCore code interpreter',
      timeout,
      memorySize,
      logRetention: props.logRetention ?? logs.RetentionDays.THREE_MONTHS,
      environment: {
        [EnvironmentName.interpreterId]: interpreter.codeInterpreterId,
        [EnvironmentName.stagingBucket]: this.staging.bucket.bucketName,
        [EnvironmentName.stagingPrefix]: StagingArea.INVOKER_PREFIX,
        [EnvironmentName.sessionTimeoutSeconds]: String(sessionTimeout.toSeconds()),
      },
    });
    this.staging.grantReadWrite(this.handler, StagingArea.INVOKER_PREFIX);
    interpreter.grant(
      this.handler,
      'bedrock-agentcore:StartCodeInterpreterSession',
      'bedrock-agentcore:InvokeCodeInterpreter',
      'bedrock-agentcore:GetCodeInterpreterSession',
      'bedrock-agentcore:StopCodeInterpreterSession',
    );
  }

  /** Allows to call the invoker, and so to run code in the interpreter's sessions. */
  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.handler.grantInvoke(grantee);
  }
}
