import { Stack } from 'aws-cdk-lib';
import * as cloudtrail from 'aws-cdk-lib/aws-cloudtrail';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { injectProps } from '../base/property-injection';
import { acknowledgeComplianceRule, skipCheckovCheck } from '../compliance/acknowledged-rules';
import { allowLogsToUse } from '../encryption/log-key';
import type { ICodeInterpreter } from '../model/code-interpreter-base';
import { referenceInterpreter } from '../model/interpreter-reference';
import { AccessLogs } from '../staging/access-logs';

/** A trail of who used which interpreter. */
export interface CodeInterpreterTrailProps {
  /** The interpreters whose sessions are recorded: at least one. */
  readonly interpreters: ICodeInterpreter[];
  /**
   * How long the trail is kept in CloudWatch Logs. The bucket keeps it for ever.
   *
   * @default RetentionDays.ONE_YEAR
   */
  readonly retention?: logs.RetentionDays;
}

const CLOUDTRAIL = 'cloudtrail.amazonaws.com';

/** The type of the interpreter that AWS provides, and of those that accounts have created. */
const MANAGED_TYPE = 'AWS::BedrockAgentCore::CodeInterpreter';
const CUSTOM_TYPE = 'AWS::BedrockAgentCore::CodeInterpreterCustom';

/**
 * A trail with the data events of interpreters: who started, used and stopped sessions. CloudTrail charges for each
 * event. Encrypted with a key of its own, with validation of its files, to a bucket and to CloudWatch Logs.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * new CodeInterpreterTrail(this, 'Trail', { interpreters: [interpreter] });
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
export class CodeInterpreterTrail extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterTrail';

  /** The trail. */
  public readonly trail: cloudtrail.Trail;
  /** The bucket of the trail. */
  public readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, properties: CodeInterpreterTrailProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterTrail.PROPERTY_INJECTION_ID, scope, id, properties);
    if (props.interpreters.length === 0) {
      throw validationError(
        this,
        'TrailWithoutInterpreters',
        'interpreters must have at least one interpreter; got none',
      );
    }
    const encryptionKey = this.createKey();
    this.bucket = this.createBucket(encryptionKey);
    this.trail = new cloudtrail.Trail(this, 'Resource', {
      // As an imported one: the policy that the layer-2 construct writes lets any trail of any account in.
      bucket: s3.Bucket.fromBucketName(this, 'TrailBucket', this.bucket.bucketName),
      encryptionKey,
      enableFileValidation: true,
      includeGlobalServiceEvents: false,
      isMultiRegionTrail: false,
      sendToCloudWatchLogs: true,
      cloudWatchLogGroup: new logs.LogGroup(this, 'LogGroup', {
        encryptionKey,
        retention: props.retention ?? logs.RetentionDays.ONE_YEAR,
      }),
    });
    const resource = this.trail.node.defaultChild as cloudtrail.CfnTrail;
    // The layer-2 construct knows the data events of S3 and Lambda only.
    resource.advancedEventSelectors = this.selectors(
      props.interpreters.map((interpreter, index) =>
        referenceInterpreter(new Construct(this, `Interpreter${index + 1}`), interpreter),
      ),
    );
    resource.eventSelectors = undefined;
    this.trail.node.addDependency(this.allowTrail());
    this.narrowLogsRole();
    this.acknowledge(resource);
  }

  private selectors(interpreters: ICodeInterpreter[]): cloudtrail.CfnTrail.AdvancedEventSelectorProperty[] {
    const types = [
      { type: CUSTOM_TYPE, of: interpreters.filter((interpreter) => !isManaged(interpreter)) },
      { type: MANAGED_TYPE, of: interpreters.filter(isManaged) },
    ];
    return types
      .filter(({ of }) => of.length > 0)
      .map(({ type, of }) => ({
        name: `Sessions of ${type}`,
        fieldSelectors: [
          { field: 'eventCategory', equalTo: ['Data'] },
          { field: 'resources.type', equalTo: [type] },
          { field: 'resources.ARN', equalTo: of.map((interpreter) => interpreter.codeInterpreterArn) },
        ],
      }));
  }

  private acknowledge(resource: cloudtrail.CfnTrail): void {
    acknowledgeComplianceRule(
      this.trail,
      'IAMNoInlinePolicy',
      'The policy lets CloudTrail write to the log group of this one trail: it is to come and go with the role of the trail.',
    );
    acknowledgeComplianceRule(
      this.bucket,
      'S3BucketReplicationEnabled',
      'Where copies of the trail may be is for its owner to decide. In place, versions, file validation and the removal policy keep it whole.',
    );
    skipCheckovCheck(
      resource,
      'CKV_AWS_67',
      'The trail records the data events of interpreters, which are in one Region; management events belong to the trail of the account.',
    );
  }

  private createKey(): kms.Key {
    const key = new kms.Key(this, 'Key', {
      description: 'Encrypts a trail of code interpreters',
      enableKeyRotation: true,
    });
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal(CLOUDTRAIL)],
        actions: ['kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:Decrypt'],
        resources: ['*'],
        conditions: this.ofThisAccount(),
      }),
    );
    allowLogsToUse(key, '*');
    return key;
  }

  /**
   * Lets the trails of this account and Region write to the bucket. The name of the trail is generated: its own ARN is not
   * known before it exists, and it does not come to exist before it may write.
   *
   * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
   */
  private allowTrail(): Construct {
    const principals = [new iam.ServicePrincipal(CLOUDTRAIL)];
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals,
        actions: ['s3:GetBucketAcl'],
        resources: [this.bucket.bucketArn],
        conditions: this.ofThisAccount(),
      }),
    );
    const { account } = Stack.of(this);
    const { StringEquals, ArnLike } = this.ofThisAccount();
    this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals,
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${account}/*`)],
        conditions: { StringEquals: { ...StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' }, ArnLike },
      }),
    );
    return this.bucket.policy as s3.BucketPolicy;
  }

  /** The layer-2 construct lets the service take the role for anybody. */
  private narrowLogsRole(): void {
    const role = this.trail.node.findChild('LogsRole').node.defaultChild as iam.CfnRole;
    role.addPropertyOverride('AssumeRolePolicyDocument.Statement.0.Condition', this.ofThisAccount());
  }

  private ofThisAccount(): { StringEquals: Record<string, string>; ArnLike: Record<string, string> } {
    const stack = Stack.of(this);
    const trails = stack.formatArn({ service: 'cloudtrail', resource: 'trail', resourceName: '*' });
    return { StringEquals: { 'aws:SourceAccount': stack.account }, ArnLike: { 'aws:SourceArn': trails } };
  }

  private createBucket(encryptionKey: kms.IKey): s3.Bucket {
    const bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey,
      bucketKeyEnabled: true,
      versioned: true,
    });
    AccessLogs.of(this, undefined).receiveFrom(bucket);
    return bucket;
  }
}

function isManaged(interpreter: ICodeInterpreter): boolean {
  return interpreter.codeInterpreterId === MANAGED_INTERPRETER_ID;
}
