import { type ResourceProps, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { NETWORK_MODES } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { CodeInterpreterBase } from '../model/code-interpreter-base';
import type { StagingArea } from '../staging/staging-area';
import { StagingBucket } from '../staging/staging-bucket';
import { checkInterpreterArn, isManagedArn, parseInterpreterArn } from './interpreter-arn';
import { RootCertificates } from './root-certificates';

/** Attributes of an existing interpreter, besides its ARN. */
export interface CodeInterpreterImportOptions {
  /**
   * Its execution role, to grant permissions to code in its sessions.
   *
   * @default - unknown: grants to code in its sessions fail
   */
  readonly executionRole?: iam.IRole;
  /**
   * Its staging bucket.
   *
   * @default StagingBucket.create() - created when something first needs it
   */
  readonly staging?: StagingBucket;
  /**
   * The network mode of its sessions: `SANDBOX`, `PUBLIC` or `VPC`.
   *
   * @default - unknown
   */
  readonly networkMode?: string;
  /**
   * Its security groups, if it is in a VPC.
   *
   * @default - none
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * The secrets of its root certificates, so that `grantUse` also grants permission to read them: the service reads them
   * with the credentials of the principal that starts a session.
   *
   * @default - none
   */
  readonly certificates?: secretsmanager.ISecret[];
}

/** Attributes of an existing interpreter. */
export interface CodeInterpreterAttributes extends CodeInterpreterImportOptions {
  /** The ARN of the interpreter: `arn:PARTITION:bedrock-agentcore:REGION:ACCOUNT:code-interpreter-custom/ID`. */
  readonly codeInterpreterArn: string;
}

/** An interpreter that this app did not create. */
export class ImportedCodeInterpreter extends CodeInterpreterBase {
  readonly codeInterpreterArn: string;
  readonly codeInterpreterId: string;
  readonly interpreterName = undefined;
  readonly status = undefined;
  readonly createdAt = undefined;
  readonly lastUpdatedAt = undefined;
  readonly grantPrincipal: iam.IPrincipal;
  readonly networkMode?: string;
  private readonly certificates: RootCertificates;
  private area?: StagingArea;

  constructor(
    scope: Construct,
    id: string,
    private readonly attributes: CodeInterpreterAttributes,
  ) {
    super(scope, id, environmentOf(scope, attributes.codeInterpreterArn));
    this.codeInterpreterArn = attributes.codeInterpreterArn;
    this.codeInterpreterId = parseInterpreterArn(this, attributes.codeInterpreterArn);
    this.networkMode = this.checkedNetworkMode(attributes.networkMode);
    this.grantPrincipal = attributes.executionRole ?? new iam.UnknownPrincipal({ resource: this });
    this.certificates = new RootCertificates(this, attributes.certificates ?? []);
    if (attributes.securityGroups) {
      this._connections = new ec2.Connections({ securityGroups: attributes.securityGroups });
    }
  }

  private checkedNetworkMode(mode: string | undefined): string | undefined {
    if (mode !== undefined && !Token.isUnresolved(mode) && !NETWORK_MODES.some((known) => known === mode)) {
      throw validationError(
        this,
        'NetworkModeInvalid',
        `networkMode must be one of ${NETWORK_MODES.join(', ')}; got "${mode}"`,
      );
    }
    return mode;
  }

  override grantUse(grantee: iam.IGrantable): iam.Grant {
    const grants = this.certificates.grantRead(grantee);
    return grants.reduce((all, grant) => all.combine(grant), super.grantUse(grantee));
  }

  get executionRole(): iam.IRole {
    if (!this.attributes.executionRole) {
      throw validationError(
        this,
        'ExecutionRoleUnknown',
        'the execution role of this interpreter is unknown; give it as executionRole when importing the interpreter',
      );
    }
    return this.attributes.executionRole;
  }

  get staging(): StagingArea {
    this.area ??= (this.attributes.staging ?? StagingBucket.create()).bind(this);
    return this.area;
  }
}

/** Checked here, since the ARN has to be read before the construct exists. */
function environmentOf(scope: Construct, arn: string): ResourceProps {
  checkInterpreterArn(scope, arn);
  return isManagedArn(arn) ? {} : { environmentFromArn: arn };
}
