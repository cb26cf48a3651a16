import { Token } from 'aws-cdk-lib';
import type { CfnCodeInterpreterCustom } from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';

/** The most certificates of one interpreter. */
const MAX_CERTIFICATES = 10;

/**
 * Root certificates that sessions trust, as PEM in secrets. The service reads them with the credentials of whoever
 * creates the interpreter or starts a session, so that these need the access and the execution role does not.
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html
 */
export class RootCertificates {
  constructor(
    scope: Construct,
    private readonly secrets: secretsmanager.ISecret[],
  ) {
    if (!Token.isUnresolved(secrets) && secrets.length > MAX_CERTIFICATES) {
      throw validationError(
        scope,
        'TooManyCertificates',
        `certificates must be ${MAX_CERTIFICATES} secrets at most; got ${secrets.length}`,
      );
    }
  }

  get isEmpty(): boolean {
    return this.secrets.length === 0;
  }

  /** The layer-2 construct of aws-cdk-lib has no property for them. */
  render(): CfnCodeInterpreterCustom.CertificateProperty[] | undefined {
    return this.isEmpty
      ? undefined
      : this.secrets.map((secret) => ({
          certificateLocation: { secretArn: secret.secretFullArn ?? secret.secretArn },
        }));
  }

  /** Grants permission to read the certificates, and nothing else of the secrets. */
  grantRead(grantee: iam.IGrantable): iam.Grant[] {
    return this.secrets.flatMap((secret) => {
      const read = iam.Grant.addToPrincipalOrResource({
        grantee,
        actions: ['secretsmanager:GetSecretValue'],
        // A secret that is known by its name has an unknown end of six characters.
        resourceArns: [secret.secretFullArn ?? `${secret.secretArn}-??????`],
        resource: secret,
      });
      const key = secret.encryptionKey;
      return key ? [read, key.grantDecrypt(grantee)] : [read];
    });
  }
}
