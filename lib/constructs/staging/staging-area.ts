import { Stack, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { INCOMING_PREFIX, INVOKER_PREFIX, RUNS_PREFIX, TOOLS_PREFIX } from '../../contract/layout';
import { validationError, warn } from '../base/construct-validation';
import { WarningId } from '../base/warning-id';
import { acknowledgeBucketNotifications } from '../compliance/bucket-notifications';
import { PrefixPermissions } from './prefix-permissions';

/** Properties of a staging area. */
export interface StagingAreaProps {
  /** The bucket. It must be in the Region of the stack: sessions in the sandbox network reach no other. */
  readonly bucket: s3.IBucket;
  /**
   * Whether the bucket tells EventBridge about new objects already.
   *
   * @default false
   */
  readonly sendsEvents?: boolean;
}

/**
 * The bucket that inputs, outputs and results lie in, with grants by prefix.
 *
 * Every grant is for one prefix only, and holds only while the bucket belongs to the account it belongs to now
 * (`s3:ResourceAccount`), so that a name that someone else takes over receives nothing.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
 */
export class StagingArea extends Construct {
  /** Where inputs go by convention. */
  public static readonly INCOMING_PREFIX: string = INCOMING_PREFIX;
  /** Where the runs of batches are. */
  public static readonly RUNS_PREFIX: string = RUNS_PREFIX;
  /** Where the invoker keeps what is too large for a request or an answer. */
  public static readonly INVOKER_PREFIX: string = INVOKER_PREFIX;
  /** Where tools keep what is too large for an answer, each in a folder of its name. */
  public static readonly TOOLS_PREFIX: string = TOOLS_PREFIX;

  /** The bucket itself. */
  public readonly bucket: s3.IBucket;
  private readonly sendsEvents: boolean;

  constructor(scope: Construct, id: string, props: StagingAreaProps) {
    super(scope, id);
    this.bucket = props.bucket;
    this.sendsEvents = props.sendsEvents ?? false;
    this.checkRegion();
    this.warnAboutOtherAccount();
  }

  /**
   * Grants permission to read the objects under a prefix, and to list them.
   *
   * @param prefix such as `incoming/`; an empty one means the whole bucket
   */
  public grantRead(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return this.permissions(grantee, prefix).read();
  }

  /** Grants permission to read one object, such as `reference/prices.parquet`. */
  public grantReadObject(grantee: iam.IGrantable, key: string): iam.Grant {
    return new PrefixPermissions(this.bucket, grantee, key).readObject();
  }

  /** Grants permission to write objects under a prefix, but not to read or delete any. */
  public grantWrite(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return this.permissions(grantee, prefix).write();
  }

  /** Grants permission to read, list and write the objects under a prefix. */
  public grantReadWrite(grantee: iam.IGrantable, prefix: string): iam.Grant {
    const permissions = this.permissions(grantee, prefix);
    return permissions.read().combine(permissions.write());
  }

  /** Grants permission to delete the objects under a prefix. In a versioned bucket, earlier versions stay. */
  public grantDelete(grantee: iam.IGrantable, prefix: string): iam.Grant {
    return this.permissions(grantee, prefix).delete();
  }

  /**
   * Makes sure that the bucket tells EventBridge about new objects.
   *
   * A managed bucket does. On a given bucket this sets up the notification, which replaces notifications that something
   * outside of the app has configured there, unless `StagingBucket.fromBucket` says that the bucket sends events.
   */
  public enableEvents(): void {
    if (!this.sendsEvents) {
      this.bucket.enableEventBridgeNotification();
      acknowledgeBucketNotifications(this.bucket);
    }
  }

  private permissions(grantee: iam.IGrantable, prefix: string): PrefixPermissions {
    if (!Token.isUnresolved(prefix) && (prefix.startsWith('/') || prefix.includes('*') || !/(^|\/)$/.test(prefix))) {
      throw validationError(
        this,
        'StagingPrefixInvalid',
        `a prefix must end with "/", and must not begin with "/" or contain "*", such as "incoming/"; got "${prefix}"`,
      );
    }
    return new PrefixPermissions(this.bucket, grantee, prefix);
  }

  private checkRegion(): void {
    const mine = Stack.of(this).region;
    const theirs = this.bucket.env.region;
    if (!Token.isUnresolved(mine) && !Token.isUnresolved(theirs) && mine !== theirs) {
      throw validationError(
        this,
        'StagingBucketOtherRegion',
        `the staging bucket must be in the Region of its interpreter, ${mine}; got a bucket in ${theirs}`,
      );
    }
  }

  private warnAboutOtherAccount(): void {
    const mine = Stack.of(this).account;
    const theirs = this.bucket.env.account;
    if (Token.isUnresolved(theirs) || mine === theirs || (Token.isUnresolved(mine) && theirs === mine)) {
      return;
    }
    if (!Token.isUnresolved(mine)) {
      warn(
        this,
        WarningId.CROSS_ACCOUNT_STAGING,
        `the staging bucket belongs to account ${theirs}: its owner has to allow the access in the bucket's policy, ` +
          'and in the policy of its key; see docs/security.md, "A bucket in another account"',
      );
    }
  }
}
