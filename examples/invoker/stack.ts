import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { CodeInterpreter, CodeInterpreterInvoker } from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** An invoker with a streaming URL, and a state that calls it. */
export class InvokerStack extends Stack {
  /** Runs the code in its input's `code`. */
  public readonly calculate: tasks.LambdaInvoke;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    const invoker = new CodeInterpreterInvoker(this, 'Invoker', {
      interpreter,
      timeout: Duration.minutes(5),
      streamingUrl: true,
    });
    // A state of a state machine of one's own: `sfn.DefinitionBody.fromChainable(stack.calculate)`.
    this.calculate = new tasks.LambdaInvoke(this, 'Calculate', {
      lambdaFunction: invoker.handler,
      payload: sfn.TaskInput.fromObject({
        code: sfn.JsonPath.stringAt('$.code'),
        timeoutSeconds: 60,
        maxAnswerBytes: 200_000,
      }),
      payloadResponseOnly: true,
      // The defaults retry errors of the Lambda's, after which code may have run.
      retryOnServiceExceptions: false,
    });
    this.calculate.addRetry({ errors: ['ServiceUnavailable'], maxAttempts: 4, backoffRate: 2 });
    new CfnOutput(this, 'InvokerName', { value: invoker.handler.functionName });
    new CfnOutput(this, 'StreamingUrl', { value: invoker.streamingUrl?.url ?? '' });
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason:
          'SSE-S3 is enough for this data, which is public; with encryptionKey, the bucket is encrypted with a key of KMS.',
      });
    }
  }
}
