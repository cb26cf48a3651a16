import { join } from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AnalysisInput, AnalysisScript, BatchAnalysis, CodeInterpreter } from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** One script on each file, and one over all that they came to, with a table that every session has at hand. */
export class TwoStagesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    const batch = new BatchAnalysis(this, 'Animals', {
      interpreter,
      input: AnalysisInput.fromPrefix('surveys/', { suffixes: ['.csv'] }),
      setup: { folder: join(__dirname, 'setup') },
      script: AnalysisScript.fromAsset(join(__dirname, 'analysis.py'), {
        parameters: { firstName: 'Kimberly', animal: 'crocodile' },
      }),
      combine: {
        script: AnalysisScript.fromAsset(join(__dirname, 'combine.py')),
        files: ['counts.csv'],
        timeout: Duration.minutes(5),
      },
      toleratedFailureCount: 1,
    });
    new CfnOutput(this, 'StateMachineArn', { value: batch.stateMachine.stateMachineArn });
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason: 'SSE-S3 is enough for this data; with encryptionKey, the bucket is encrypted with a key of KMS.',
      });
    }
  }
}
