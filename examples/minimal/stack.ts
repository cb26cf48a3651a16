import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CodeInterpreter } from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** An interpreter with every default. */
export class MinimalStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    new CfnOutput(this, 'InterpreterId', { value: interpreter.codeInterpreterId });
    new CfnOutput(this, 'StagingBucketName', { value: interpreter.staging.bucket.bucketName });
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason:
          'SSE-S3 is enough for this data, which is public; with encryptionKey, the bucket is encrypted with a key of KMS.',
      });
    }
  }
}
