import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  CodeInterpreter,
  CodeInterpreterDashboard,
  CodeInterpreterTool,
  CodeInterpreterToolOperation,
} from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** A code interpreter behind a Gateway: any agent that speaks MCP can run Python in it, and no shell. */
export class GatewayToolStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    const tool = new CodeInterpreterTool(this, 'Tool', {
      interpreter,
      operations: [
        CodeInterpreterToolOperation.EXECUTE_PYTHON,
        CodeInterpreterToolOperation.WRITE_FILES,
        CodeInterpreterToolOperation.READ_FILES,
        CodeInterpreterToolOperation.LIST_FILES,
        CodeInterpreterToolOperation.STOP_SESSION,
      ],
      sessionTimeout: Duration.minutes(10),
    });
    new CodeInterpreterDashboard(this, 'Dashboard', { interpreter, tools: [tool] });
    new CfnOutput(this, 'GatewayUrl', { value: tool.gateway.gatewayUrl ?? '' });
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason:
          'SSE-S3 is enough for this data, which is public; with encryptionKey, the bucket is encrypted with a key of KMS.',
      });
    }
  }
}
