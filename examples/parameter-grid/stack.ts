import { join } from 'node:path';
import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AnalysisInput, AnalysisScript, BatchAnalysis, CodeInterpreter } from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** Two batches with parameters by item: from a grid, and from a table. */
export class ParameterGridStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    const script = AnalysisScript.fromAsset(join(__dirname, 'analysis.py'));
    const outliers = new BatchAnalysis(this, 'Outliers', {
      interpreter,
      script,
      input: AnalysisInput.fromPrefix('readings/', {
        include: ['20??/**/*.csv'],
        exclude: ['**/draft-*'],
        grid: { threshold: [2, 3, 4], method: ['mean', 'median'] },
      }),
    });
    const calibration = new BatchAnalysis(this, 'Calibration', {
      interpreter,
      script,
      input: AnalysisInput.fromManifest('readings/stations.csv', { prefix: 'readings/' }),
    });
    new CfnOutput(this, 'OutliersArn', { value: outliers.stateMachine.stateMachineArn });
    new CfnOutput(this, 'CalibrationArn', { value: calibration.stateMachine.stateMachineArn });
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason:
          'SSE-S3 is enough for this data, which is public; with encryptionKey, the bucket is encrypted with a key of KMS.',
      });
    }
  }
}
