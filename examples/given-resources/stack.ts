import { Annotations, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { CodeInterpreter, CodeInterpreterNetwork, StagingBucket, WarningId } from '../../lib';

/** What an account has already. */
export interface GivenResources extends StackProps {
  readonly vpcId: string;
  readonly availabilityZones: string[];
  readonly privateSubnetIds: string[];
  readonly securityGroupId: string;
  readonly bucketName: string;
  readonly keyArn: string;
  readonly executionRoleArn: string;
}

/** An interpreter that is put together from what an account has already. */
export class GivenResourcesStack extends Stack {
  constructor(scope: Construct, id: string, props: GivenResources) {
    super(scope, id, props);
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: props.vpcId,
      availabilityZones: props.availabilityZones,
      privateSubnetIds: props.privateSubnetIds,
    });
    const bucket = s3.Bucket.fromBucketAttributes(this, 'Bucket', {
      bucketName: props.bucketName,
      encryptionKey: kms.Key.fromKeyArn(this, 'Key', props.keyArn),
    });
    const interpreter = new CodeInterpreter(this, 'Interpreter', {
      executionRole: iam.Role.fromRoleArn(this, 'ExecutionRole', props.executionRoleArn, { mutable: false }),
      network: CodeInterpreterNetwork.vpc({
        vpc,
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(this, 'SecurityGroup', props.securityGroupId)],
      }),
      staging: StagingBucket.fromBucket(bucket, { sendsEvents: true }),
    });
    Annotations.of(interpreter).acknowledgeWarning(
      WarningId.ROLE_TRUST_UNKNOWN,
      'the role comes from the account factory, which gives it the documented trust policy',
    );
  }
}
