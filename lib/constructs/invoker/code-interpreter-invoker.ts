import { Duration, Tokenization } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { EnvironmentName } from '../../contract/environment';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { injectProps } from '../base/property-injection';
import { HandlerLambda } from '../lambda/handler-lambda';
import { CodeInterpreterBase } from '../model/code-interpreter-base';
import { referenceInterpreter } from '../model/interpreter-reference';
import { stagingOf } from '../model/interpreter-staging';
import { SessionActions } from '../model/session-actions';
import { StagingArea } from '../staging/staging-area';
import {
  type CodeInterpreterInvokerAttributes,
  CodeInterpreterInvokerBase,
  type ICodeInterpreterInvoker,
  ImportedCodeInterpreterInvoker,
} from './code-interpreter-invoker-base';
import type { CodeInterpreterInvokerProps } from './code-interpreter-invoker-props';
import { checkInvoker } from './code-interpreter-invoker-validation';

/**
 * A Lambda that runs code, a command or a tool in a session: it starts one or takes a given one, brings files in,
 * executes, brings files back, and stops the session whatever happened.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * const invoker = new CodeInterpreterInvoker(this, 'Invoker', { interpreter });
 * invoker.grantInvoke(new iam.AccountPrincipal('111122223333'));
 */
export class CodeInterpreterInvoker extends CodeInterpreterInvokerBase {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterInvoker';

  /** Imports an invoker of another stack or app. */
  public static fromCodeInterpreterInvokerAttributes(
    scope: Construct,
    id: string,
    attributes: CodeInterpreterInvokerAttributes,
  ): ICodeInterpreterInvoker {
    return new ImportedCodeInterpreterInvoker(scope, id, attributes);
  }

  /** The Lambda. */
  public readonly handler: lambda.IFunction;
  /** The Lambda behind the function URL, with `streamingUrl`. */
  public readonly streamingHandler?: lambda.Function;
  /** The function URL, with `streamingUrl`. */
  public readonly streamingUrl?: lambda.FunctionUrl;
  /** Where large files are. */
  public readonly staging: StagingArea;

  constructor(scope: Construct, id: string, given: CodeInterpreterInvokerProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterInvoker.PROPERTY_INJECTION_ID, scope, id, given);
    checkInvoker(this, props);
    this.staging = stagingOf(this, props.interpreter, props.staging);
    const interpreter = referenceInterpreter(this, props.interpreter);
    this.handler = this.lambda(
      'Lambda',
      'invoker',
      'Runs code in sessions of an AgentCore code interpreter',
      interpreter,
      props,
    );
    if (props.streamingUrl) {
      const description = 'Runs code in sessions of an AgentCore code interpreter, and streams its output';
      this.streamingHandler = this.lambda('StreamingLambda', 'invoker-stream', description, interpreter, props);
      this.streamingUrl = this.streamingHandler.addFunctionUrl({
        authType: lambda.FunctionUrlAuthType.AWS_IAM,
        invokeMode: lambda.InvokeMode.RESPONSE_STREAM,
      });
    }
  }

  /** Grants permission to call the function URL. Only with `streamingUrl`. */
  public grantInvokeUrl(grantee: iam.IGrantable): iam.Grant {
    return this.streamingUrl?.grantInvokeUrl(grantee) ?? iam.Grant.drop(grantee, 'there is no function URL');
  }

  private lambda(
    id: string,
    handler: 'invoker' | 'invoker-stream',
    description: string,
    interpreter: bedrockagentcore.ICodeInterpreterCustom,
    props: CodeInterpreterInvokerProps,
  ): lambda.Function {
    const { sessionTimeout = Duration.seconds(SESSION_TIMEOUT_SECONDS.default) } = props;
    const handlerLambda = new HandlerLambda(this, id, {
      handler,
      description,
      timeout: props.timeout ?? Duration.minutes(15),
      memorySize: props.memorySize ?? 512,
      options: props,
      role: props.role,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      deadLetterQueue: props.deadLetterQueue,
      // Of asynchronous calls: code could run twice.
      retryAttempts: 0,
      environment: {
        [EnvironmentName.interpreterId]: interpreter.codeInterpreterId,
        [EnvironmentName.stagingBucket]: this.staging.bucket.bucketName,
        [EnvironmentName.stagingPrefix]: StagingArea.INVOKER_PREFIX,
        [EnvironmentName.sessionTimeoutSeconds]: Tokenization.stringifyNumber(sessionTimeout.toSeconds()),
      },
    });
    this.staging.grantReadWrite(handlerLambda, StagingArea.INVOKER_PREFIX);
    // An interpreter with root certificates also grants to read these: session starters need to.
    interpreter.grantUse(handlerLambda);
    if (!(interpreter instanceof CodeInterpreterBase)) {
      // The L2's own grant leaves out what taking a given session takes.
      interpreter.grant(handlerLambda, ...SessionActions.get);
    }
    return handlerLambda;
  }
}
