import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { CodeInterpreter, CodeInterpreterNetwork } from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

export interface PublicWithCertificatesStackProps extends StackProps {
  /** The complete ARN of a secret with a root certificate, as PEM. */
  readonly certificateSecretArn: string;
}

/** Sessions with the internet, which trust the root certificate of the organisation's proxy. */
export class PublicWithCertificatesStack extends Stack {
  constructor(scope: Construct, id: string, props: PublicWithCertificatesStackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter', {
      network: CodeInterpreterNetwork.publicInternet(),
      certificates: [secretsmanager.Secret.fromSecretCompleteArn(this, 'RootCertificate', props.certificateSecretArn)],
    });
    // The certificate is read with the credentials of whoever starts a session: grantUse allows it.
    const caller = new iam.Role(this, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    interpreter.grantUse(caller);
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason:
          'SSE-S3 is enough for this data, which is public; with encryptionKey, the bucket is encrypted with a key of KMS.',
      });
      Validations.of(caller).acknowledge({
        id: `${pack}-IAMNoInlinePolicy`,
        reason:
          'The policy holds the grants of this one role: it is to come and go with the role, and nothing else may use it.',
      });
    }
  }
}
