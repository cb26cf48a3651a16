import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeComplianceRule, skipCheckovCheck } from '../compliance/acknowledged-rules';

const RETENTION = Duration.days(90);

/** A bucket that receives the access logs of other buckets. */
export class AccessLogs {
  /** A given bucket, or a new one in the scope. */
  static of(scope: Construct, given: s3.IBucket | undefined): AccessLogs {
    return new AccessLogs(given ?? AccessLogs.create(scope));
  }

  private static create(scope: Construct): s3.Bucket {
    const bucket = new s3.Bucket(scope, 'AccessLogs', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // The logging service writes to no bucket that is encrypted with a customer's key.
      encryption: s3.BucketEncryption.S3_MANAGED,
      versioned: true,
      lifecycleRules: [
        {
          id: 'expire-access-logs',
          expiration: RETENTION,
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(bucket);
    return bucket;
  }

  private constructor(private readonly logs: s3.IBucket) {}

  /**
   * Through the resource itself: whether `s3.Bucket` uses a bucket policy or an ACL for this depends on a feature flag of
   * the app, and a bucket that enforces its owner refuses ACLs.
   */
  receiveFrom(source: s3.Bucket): void {
    const prefix = `${source.node.addr.slice(0, 8)}/`;
    const resource = source.node.defaultChild as s3.CfnBucket;
    resource.loggingConfiguration = { destinationBucketName: this.logs.bucketName, logFilePrefix: prefix };
    this.logs.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.logs.arnForObjects(`${prefix}*`)],
        conditions: {
          ArnEquals: { 'aws:SourceArn': source.bucketArn },
          StringEquals: { 'aws:SourceAccount': Stack.of(source).account },
        },
      }),
    );
  }
}

function acknowledge(bucket: s3.Bucket): void {
  acknowledgeComplianceRule(
    bucket,
    'S3DefaultEncryptionKMS',
    'S3 delivers access logs to buckets with SSE-S3 only: with a key of KMS as the default encryption, no log would arrive.',
  );
  acknowledgeComplianceRule(
    bucket,
    'S3BucketReplicationEnabled',
    'Access logs are kept for 90 days to look into accesses; nothing is made from them, so that one versioned copy is enough.',
  );
  skipCheckovCheck(
    bucket.node.defaultChild as s3.CfnBucket,
    'CKV_AWS_18',
    'This bucket receives access logs: logging its own accesses would log each delivery of a log, without end.',
  );
}
