import { Stack, Token } from 'aws-cdk-lib';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { INTERPRETER_NAME_PATTERN, MANAGED_INTERPRETER_ID, REGIONS } from '../../contract/service';
import { validationError, warn } from '../base/construct-validation';
import { injectProps } from '../base/property-injection';
import { WarningId } from '../base/warning-id';
import { CodeInterpreterBase, type ICodeInterpreter } from '../model/code-interpreter-base';
import { CodeInterpreterNetwork } from '../network/code-interpreter-network';
import type { StagingArea } from '../staging/staging-area';
import { StagingBucket } from '../staging/staging-bucket';
import { CodeInterpreterLogDeliveries, type CodeInterpreterObservability } from './code-interpreter-log-deliveries';
import { createExecutionRole } from './execution-role';
import { checkGivenRole, warnWhenPublicWithGrants } from './execution-role-check';
import {
  type CodeInterpreterAttributes,
  type CodeInterpreterImportOptions,
  ImportedCodeInterpreter,
} from './imported-code-interpreter';
import { formatInterpreterArn } from './interpreter-arn';
import { ReplacementSafeName } from './replacement-safe-name';
import { RootCertificates } from './root-certificates';
import { WeakReference } from './weak-reference';

const FIXED_NAME_WARNING =
  'the interpreter has a fixed name: any change but that of tags replaces it, which fails while the name is taken. ' +
  'Leave interpreterName out, or change it with every such change';

/** The most characters of a description, by the resource's schema. */
const DESCRIPTION_MAX_LENGTH = 4096;

/** Properties of a code interpreter. */
export interface CodeInterpreterProps {
  /**
   * The physical name: a letter, then letters, digits and underscores, 48 characters at most, unique in the account.
   *
   * Leave it out: the service cannot update an interpreter, and its replacement cannot have the same name.
   *
   * @default - made from the construct's path and everything whose change replaces the interpreter
   */
  readonly interpreterName?: string;
  /**
   * The description, 1 to 4096 characters.
   *
   * @default - none
   */
  readonly description?: string;
  /**
   * What code in a session can reach.
   *
   * @default CodeInterpreterNetwork.sandbox()
   */
  readonly network?: CodeInterpreterNetwork;
  /**
   * The role whose credentials code in a session can read. It must trust `bedrock-agentcore.amazonaws.com`.
   *
   * @default - a new role without any policy
   */
  readonly executionRole?: iam.IRole;
  /**
   * The bucket of inputs, outputs and results.
   *
   * @default StagingBucket.create()
   */
  readonly staging?: StagingBucket;
  /**
   * Root certificates that the sessions trust, as PEM in secrets: 10 at most. The deploying principal needs access to the
   * secrets; `grantUse` grants it to principals that start sessions.
   *
   * @default - none
   */
  readonly certificates?: secretsmanager.ISecret[];
  /**
   * The logs and traces that are delivered. Metrics are there in any case.
   *
   * @default - none
   */
  readonly observability?: CodeInterpreterObservability;
}

/**
 * A code interpreter of Amazon Bedrock AgentCore with its network, execution role and staging bucket.
 *
 * @example
 * const interpreter = new CodeInterpreter(this, 'Interpreter');
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html
 */
export class CodeInterpreter extends CodeInterpreterBase {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreter';

  /** The interpreter `aws.codeinterpreter.v1`, which AWS provides in every account. It has no execution role. */
  public static fromAwsManaged(
    scope: Construct,
    id: string,
    props: AwsManagedCodeInterpreterProps = {},
  ): ICodeInterpreter {
    const codeInterpreterArn = Stack.of(scope).formatArn({
      service: 'bedrock-agentcore',
      account: 'aws',
      resource: 'code-interpreter',
      resourceName: MANAGED_INTERPRETER_ID,
    });
    return new ImportedCodeInterpreter(scope, id, { codeInterpreterArn, staging: props.staging });
  }

  /**
   * Imports an existing interpreter by its ARN.
   *
   * @param codeInterpreterArn `arn:PARTITION:bedrock-agentcore:REGION:ACCOUNT:code-interpreter-custom/ID`
   */
  public static fromCodeInterpreterArn(
    scope: Construct,
    id: string,
    codeInterpreterArn: string,
    options: CodeInterpreterImportOptions = {},
  ): ICodeInterpreter {
    return new ImportedCodeInterpreter(scope, id, { ...options, codeInterpreterArn });
  }

  /** Imports an existing interpreter of the stack's account and Region by its id. */
  public static fromCodeInterpreterId(
    scope: Construct,
    id: string,
    codeInterpreterId: string,
    options: CodeInterpreterImportOptions = {},
  ): ICodeInterpreter {
    return new ImportedCodeInterpreter(scope, id, {
      ...options,
      codeInterpreterArn: formatInterpreterArn(scope, codeInterpreterId),
    });
  }

  /** Imports an existing interpreter. */
  public static fromCodeInterpreterAttributes(
    scope: Construct,
    id: string,
    attributes: CodeInterpreterAttributes,
  ): ICodeInterpreter {
    return new ImportedCodeInterpreter(scope, id, attributes);
  }

  /** The ARN of the interpreter. */
  public readonly codeInterpreterArn: string;
  /** The id of the interpreter. */
  public readonly codeInterpreterId: string;
  /** The physical name of the interpreter. */
  public readonly interpreterName?: string;
  /** Its status when it was created. */
  public readonly status?: string;
  /** When it was created. */
  public readonly createdAt?: string;
  /** When it was last updated. */
  public readonly lastUpdatedAt?: string;
  /** The role whose credentials code in a session can read. */
  public readonly executionRole: iam.IRole;
  /** The execution role. Code in sessions has its permissions. */
  public readonly grantPrincipal: iam.IPrincipal;
  /** The bucket of inputs, outputs and results. */
  public readonly staging: StagingArea;
  /** What its sessions reach: `SANDBOX`, `PUBLIC` or `VPC`. */
  public readonly networkMode?: string;

  private readonly certificates: RootCertificates;
  private readonly weakReference: WeakReference;

  constructor(scope: Construct, id: string, properties: CodeInterpreterProps = {}) {
    super(scope, id);
    const props = injectProps(CodeInterpreter.PROPERTY_INJECTION_ID, scope, id, properties);
    this.warnOfRegion();
    this.checkDescription(props.description);
    this.executionRole = this.roleOf(props);
    this.grantPrincipal = this.executionRole;
    this.certificates = new RootCertificates(this, props.certificates ?? []);

    const network = props.network ?? CodeInterpreterNetwork.sandbox();
    this.networkMode = network.networkMode;
    const { configuration, endpoints } = network._bind(this);
    this._connections = configuration.connections;

    const generatedName = new ReplacementSafeName(this);
    const givenName = this.checkedName(props.interpreterName);
    this.interpreterName = givenName ?? generatedName.token;
    const interpreter = new bedrockagentcore.CodeInterpreterCustom(this, 'Resource', {
      codeInterpreterCustomName: this.interpreterName,
      description: props.description,
      executionRole: this.executionRole,
      networkConfiguration: configuration,
    });
    const resource = interpreter.node.defaultChild as bedrockagentcore.CfnCodeInterpreterCustom;
    resource.certificates = this.certificates.render();
    generatedName.follow(resource);
    if (givenName === undefined) {
      generatedName.warnWhenOverridden(FIXED_NAME_WARNING);
    }
    this.node.defaultChild = resource;

    this.codeInterpreterArn = interpreter.codeInterpreterArn;
    this.codeInterpreterId = interpreter.codeInterpreterId;
    this.status = interpreter.status;
    this.createdAt = interpreter.createdAt;
    this.lastUpdatedAt = interpreter.lastUpdatedAt;
    this.staging = (props.staging ?? StagingBucket.create()).bind(this);
    endpoints?.allow(this);
    this.weakReference = new WeakReference(this, {
      executionRole: this.executionRole,
      networkMode: this.networkMode,
      securityGroups: configuration.connections?.securityGroups,
      certificates: props.certificates,
    });
    if (props.observability) {
      new CodeInterpreterLogDeliveries(this, 'Deliveries', { ...props.observability, interpreter: this });
    }
    if (this.networkMode === 'PUBLIC') {
      warnWhenPublicWithGrants(this, this.executionRole);
    }
  }

  /**
   * Grants permission to start sessions, use them, reattach to a running one, and stop them; with root certificates, also to
   * read these, since the service reads them with the credentials of the principal that starts a session.
   */
  public override grantUse(grantee: iam.IGrantable): iam.Grant {
    const grants = this.certificates.grantRead(grantee);
    return grants.reduce((all, grant) => all.combine(grant), super.grantUse(grantee));
  }

  /** @internal */
  public override _referenceFrom(scope: Construct): ICodeInterpreter {
    return this.weakReference.from(scope);
  }

  private roleOf(props: CodeInterpreterProps): iam.IRole {
    if (!props.executionRole) {
      return createExecutionRole(this);
    }
    checkGivenRole(this, props.executionRole);
    return props.executionRole;
  }

  private warnOfRegion(): void {
    const { region } = Stack.of(this);
    if (!Token.isUnresolved(region) && !REGIONS.includes(region)) {
      warn(
        this,
        WarningId.REGION_WITHOUT_SERVICE,
        `CloudFormation in ${region} does not know code interpreters, as of this version of the package: the deployment will fail there. ` +
          'See docs/network.md for the Regions',
      );
    }
  }

  private checkDescription(description: string | undefined): void {
    if (description === undefined || Token.isUnresolved(description)) {
      return;
    }
    if (description.length < 1 || description.length > DESCRIPTION_MAX_LENGTH) {
      throw validationError(
        this,
        'InterpreterDescriptionInvalid',
        `description must have 1 to ${DESCRIPTION_MAX_LENGTH} characters; got ${description.length}`,
      );
    }
  }

  private checkedName(name: string | undefined): string | undefined {
    if (name === undefined) {
      return undefined;
    }
    if (!Token.isUnresolved(name) && !INTERPRETER_NAME_PATTERN.test(name)) {
      throw validationError(
        this,
        'InterpreterNameInvalid',
        `interpreterName must be a letter, then letters, digits and underscores, 48 characters at most; got "${name}"`,
      );
    }
    warn(this, WarningId.FIXED_NAME, FIXED_NAME_WARNING);
    return name;
  }
}

/** Properties of the interpreter that AWS provides. */
export interface AwsManagedCodeInterpreterProps {
  /**
   * The bucket of inputs, outputs and results.
   *
   * @default StagingBucket.create() - created when something first needs it
   */
  readonly staging?: StagingBucket;
}
