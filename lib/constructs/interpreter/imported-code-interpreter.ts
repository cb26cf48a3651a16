import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { CodeInterpreterBase } from '../model/code-interpreter-base';
import type { StagingArea } from '../staging/staging-area';
import { StagingBucket } from '../staging/staging-bucket';

/** What is known of an interpreter that is there already. */
export interface CodeInterpreterAttributes {
  /** The ARN of the interpreter. */
  readonly codeInterpreterArn: string;
  /**
   * Its execution role, to give code in its sessions access to things.
   *
   * @default - unknown: grants to code in its sessions are refused
   */
  readonly executionRole?: iam.IRole;
  /**
   * Its staging bucket.
   *
   * @default StagingBucket.managed() - made when something first needs it
   */
  readonly staging?: StagingBucket;
  /**
   * What its sessions reach: `SANDBOX`, `PUBLIC` or `VPC`.
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
  private area?: StagingArea;

  constructor(
    scope: Construct,
    id: string,
    private readonly attributes: CodeInterpreterAttributes,
  ) {
    super(
      scope,
      id,
      isManagedArn(attributes.codeInterpreterArn) ? {} : { environmentFromArn: attributes.codeInterpreterArn },
    );
    this.codeInterpreterArn = attributes.codeInterpreterArn;
    this.codeInterpreterId = this.idOf(attributes.codeInterpreterArn);
    this.networkMode = attributes.networkMode;
    this.grantPrincipal = attributes.executionRole ?? new iam.UnknownPrincipal({ resource: this });
    if (attributes.securityGroups) {
      this._connections = new ec2.Connections({ securityGroups: attributes.securityGroups });
    }
  }

  get executionRole(): iam.IRole {
    if (!this.attributes.executionRole) {
      throw validationError(
        this,
        'ExecutionRoleUnknown',
        'the execution role of this interpreter is not known; give it as executionRole when importing the interpreter',
      );
    }
    return this.attributes.executionRole;
  }

  get staging(): StagingArea {
    this.area ??= (this.attributes.staging ?? StagingBucket.managed()).bind(this);
    return this.area;
  }

  private idOf(arn: string): string {
    const { resourceName } = Stack.of(this).splitArn(arn, ArnFormat.SLASH_RESOURCE_NAME);
    if (!resourceName) {
      throw validationError(
        this,
        'InterpreterArnInvalid',
        `codeInterpreterArn must be "arn:PARTITION:bedrock-agentcore:REGION:ACCOUNT:code-interpreter-custom/ID"; got "${arn}"`,
      );
    }
    return resourceName;
  }
}

/** AWS provides it in every account and Region: in place of an account, its ARN has "aws". */
function isManagedArn(arn: string): boolean {
  return arn.endsWith(`:aws:code-interpreter/${MANAGED_INTERPRETER_ID}`);
}
