import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcardResource } from '../compliance/acknowledged-rules';

/**
 * Least privilege on one prefix of a bucket. The grants of `s3.Bucket` are wider than they need be: they list the whole
 * bucket, and they read ACLs, tags, versions and the configuration.
 */
export class PrefixPermissions {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly grantee: iam.IGrantable,
    private readonly prefix: string,
  ) {}

  read(): iam.Grant {
    return this.onObjects('s3:GetObject').combine(this.onList()).combine(this.onKey('kms:Decrypt'));
  }

  /** Of one object only, of which nothing is listed. */
  readObject(): iam.Grant {
    return this.grant(['s3:GetObject'], this.bucket.arnForObjects(this.prefix), {
      StringEquals: { 's3:ResourceAccount': this.bucket.env.account },
    }).combine(this.onKey('kms:Decrypt'));
  }

  write(): iam.Grant {
    // Of these, multipart uploads need kms:Decrypt, to put the parts together.
    return this.onObjects('s3:PutObject', 's3:AbortMultipartUpload').combine(
      this.onKey('kms:Decrypt', 'kms:GenerateDataKey'),
    );
  }

  delete(): iam.Grant {
    return this.onObjects('s3:DeleteObject');
  }

  private onObjects(...actions: string[]): iam.Grant {
    const objects = this.bucket.arnForObjects(`${this.prefix}*`);
    const { grantPrincipal } = this.grantee;
    acknowledgeWildcardResource(
      // A policy, as a grantee, is itself what holds the statement.
      Construct.isConstruct(grantPrincipal) ? grantPrincipal : this.grantee,
      objects,
      'The wildcard stands for the objects under one prefix of one bucket, which is what is granted: object keys are not known at deployment.',
    );
    return this.grant(actions, objects, { StringEquals: { 's3:ResourceAccount': this.bucket.env.account } });
  }

  private onList(): iam.Grant {
    return this.grant(['s3:ListBucket'], this.bucket.bucketArn, {
      StringEquals: { 's3:ResourceAccount': this.bucket.env.account },
      ...(this.prefix === '' ? {} : { StringLike: { 's3:prefix': `${this.prefix}*` } }),
    });
  }

  private grant(actions: string[], resource: string, conditions: Record<string, Record<string, string>>): iam.Grant {
    return iam.Grant.addToPrincipalOrResource({
      grantee: this.grantee,
      actions,
      resourceArns: [resource],
      resource: this.bucket,
      conditions,
    });
  }

  private onKey(...actions: string[]): iam.Grant {
    const key = this.bucket.encryptionKey;
    if (key === undefined) {
      return iam.Grant.drop(this.grantee, 'the bucket has no key of its own');
    }
    // Only for this bucket's Region of S3: the key may encrypt other things too.
    const stack = Stack.of(this.bucket);
    return iam.Grant.addToPrincipalOrResource({
      grantee: this.grantee,
      actions,
      resourceArns: [key.keyArn],
      resource: key,
      conditions: { StringEquals: { 'kms:ViaService': `s3.${this.bucket.env.region}.${stack.urlSuffix}` } },
    });
  }
}
