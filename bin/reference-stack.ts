import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AnalysisInput, AnalysisScript, BatchAnalysis, CodeInterpreter, CodeInterpreterInvoker } from '../lib';

export interface ReferenceStackProps extends StackProps {
  /** The path of the script that the batch runs on each item. */
  readonly script: string;
}

/** The reference app: an interpreter in the sandbox network, an invoker, and a batch over `incoming/`. */
export class ReferenceStack extends Stack {
  constructor(scope: Construct, id: string, props: ReferenceStackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter', {
      description: 'Runs the analyses of this stack',
    });
    const invoker = new CodeInterpreterInvoker(this, 'Invoker', { interpreter });
    const batch = new BatchAnalysis(this, 'Datasets', {
      interpreter,
      script: AnalysisScript.fromAsset(props.script),
      input: AnalysisInput.fromPrefix('incoming/'),
      maxConcurrency: 4,
      itemsPerSession: 5,
      itemTimeout: Duration.minutes(2),
      toleratedFailurePercentage: 10,
    });
    for (const pack of ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321']) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason: 'SSE-S3 is enough for the public data sets of the reference app, and costs no key.',
      });
    }
    new CfnOutput(this, 'StagingBucketName', { value: batch.staging.bucket.bucketName });
    new CfnOutput(this, 'InvokerName', { value: invoker.handler.functionName });
    new CfnOutput(this, 'BatchStateMachineArn', { value: batch.stateMachine.stateMachineArn });
  }
}
