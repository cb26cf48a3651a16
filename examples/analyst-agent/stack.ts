import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AnalystAgent, CodeInterpreter } from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** Properties of the stack. */
export interface AnalystAgentStackProps extends StackProps {
  /** The model of Bedrock that answers. */
  readonly modelId: string;
}

/** An agent that answers questions about the people in the staging bucket, with code. */
export class AnalystAgentStack extends Stack {
  constructor(scope: Construct, id: string, props: AnalystAgentStackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    const agent = new AnalystAgent(this, 'Analyst', {
      interpreter,
      modelId: props.modelId,
      dataPrefix: 'incoming/people/',
      systemPrompt: 'data/people.csv has a row for each person: first name, age, city, favourite animal, income.',
      limits: { turns: 15, toolCalls: 20, time: Duration.minutes(5) },
    });
    new CfnOutput(this, 'AgentArn', { value: agent.runtime.agentRuntimeArn });
    new CfnOutput(this, 'Bucket', { value: interpreter.staging.bucket.bucketName });
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason:
          'SSE-S3 is enough for this data, which is made up; with encryptionKey, the bucket is encrypted with a key of KMS.',
      });
    }
  }
}
