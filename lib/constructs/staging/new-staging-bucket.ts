import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { validationError, warn } from '../base/construct-validation';
import { isPassedThrough } from '../base/duration-range';
import { WarningId } from '../base/warning-id';
import { acknowledgeComplianceRule } from '../compliance/acknowledged-rules';
import { AccessLogs } from './access-logs';
import { StagingArea } from './staging-area';

/** How a staging bucket that comes with an interpreter is set up. */
export interface NewStagingBucketProps {
  /**
   * How long what runs and the invoker wrote is kept: whole days, at least one. Inputs are never removed.
   *
   * @default - for ever
   */
  readonly retention?: Duration;
  /**
   * How long an overwritten or deleted version of an object is kept: whole days, at least one.
   *
   * @default Duration.days(30)
   */
  readonly noncurrentRetention?: Duration;
  /**
   * Encrypts the bucket with this key (SSE-KMS, with an S3 bucket key).
   *
   * @default - SSE-S3
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Keeps earlier versions of objects.
   *
   * @default true
   */
  readonly versioned?: boolean;
  /**
   * Where the access logs go. The bucket must be in the same account and Region, encrypted with SSE-S3.
   *
   * @default - a bucket of its own, which keeps access logs for 90 days
   */
  readonly accessLogsBucket?: s3.IBucket;
  /**
   * Whether accesses are logged.
   *
   * @default true
   */
  readonly accessLogs?: boolean;
  /**
   * Removal policy of the bucket. With `DESTROY`, CloudFormation still refuses to remove a
   * bucket that holds objects, unless `autoDeleteObjects` is set.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether inputs and results are removed together with the bucket. Needs the removal policy `DESTROY`, and warns.
   *
   * @default false
   */
  readonly autoDeleteObjects?: boolean;
}

/** Uploads that were begun and given up cost storage and are seen by nobody. */
const ABORT_UPLOADS_AFTER = Duration.days(7);
const NONCURRENT_RETENTION = Duration.days(30);

/** The staging bucket that comes with an interpreter. */
export class NewStagingBucket extends Construct {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: NewStagingBucketProps) {
    super(scope, id);
    this.checkDays('retention', props.retention);
    this.checkDays('noncurrentRetention', props.noncurrentRetention);
    this.checkRemoval(props);
    this.bucket = new s3.Bucket(this, 'Resource', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      encryption: props.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
      encryptionKey: props.encryptionKey,
      bucketKeyEnabled: props.encryptionKey ? true : undefined,
      versioned: props.versioned ?? true,
      lifecycleRules: lifecycleRules(props),
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      autoDeleteObjects: props.autoDeleteObjects,
    });
    this.node.defaultChild = this.bucket.node.defaultChild;
    this.sendEvents();
    acknowledgeComplianceRule(
      this.bucket,
      'S3BucketReplicationEnabled',
      'Where copies of the data may be is for its owner to decide, who can add a replication to this bucket. In place, versions and ' +
        'the removal policy keep objects from getting lost.',
    );
    if (props.accessLogs ?? true) {
      AccessLogs.of(this, props.accessLogsBucket).receiveFrom(this.bucket);
    }
  }

  /** Through the resource itself: the option of `s3.Bucket` brings a custom resource with wide permissions. */
  private sendEvents(): void {
    const resource = this.bucket.node.defaultChild as s3.CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }

  private checkDays(name: string, duration: Duration | undefined): void {
    if (duration === undefined || isPassedThrough(this, name, duration, 'days')) {
      return;
    }
    const days = duration.toDays({ integral: false });
    if (!Number.isInteger(days) || days < 1) {
      throw validationError(
        this,
        'StagingRetentionInvalid',
        `${name} must be whole days, at least one; got ${duration.toHumanString()}`,
      );
    }
  }

  private checkRemoval(props: NewStagingBucketProps): void {
    if (!props.autoDeleteObjects) {
      return;
    }
    if (props.removalPolicy !== RemovalPolicy.DESTROY) {
      throw validationError(
        this,
        'StagingAutoDeleteWithoutDestroy',
        `autoDeleteObjects needs removalPolicy: RemovalPolicy.DESTROY; got ${props.removalPolicy ?? 'none, so retain'}`,
      );
    }
    warn(
      this,
      WarningId.STAGING_IS_DELETED,
      'inputs and results are deleted for good together with the stack, because autoDeleteObjects is set',
    );
  }
}

function lifecycleRules(props: NewStagingBucketProps): s3.LifecycleRule[] {
  const rules: s3.LifecycleRule[] = [
    { id: 'abort-incomplete-uploads', abortIncompleteMultipartUploadAfter: ABORT_UPLOADS_AFTER },
  ];
  if (props.versioned ?? true) {
    rules.push({
      id: 'expire-noncurrent-versions',
      noncurrentVersionExpiration: props.noncurrentRetention ?? NONCURRENT_RETENTION,
      expiredObjectDeleteMarker: true,
    });
  }
  if (props.retention) {
    const expiration = props.retention;
    rules.push(
      { id: 'expire-runs', prefix: StagingArea.RUNS_PREFIX, expiration },
      { id: 'expire-invoker-files', prefix: StagingArea.INVOKER_PREFIX, expiration },
      { id: 'expire-tool-files', prefix: StagingArea.TOOLS_PREFIX, expiration },
    );
  }
  return rules;
}
