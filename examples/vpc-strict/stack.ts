import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import {
  CodeInterpreter,
  CodeInterpreterAlarms,
  CodeInterpreterDashboard,
  CodeInterpreterNetwork,
  CodeInterpreterTrail,
  StagingBucket,
} from '../../lib';

export interface VpcStrictStackProps extends StackProps {
  readonly vpcId: string;
  readonly availabilityZones: string[];
  readonly isolatedSubnetIds: string[];
  readonly isolatedSubnetRouteTableIds: string[];
  /** The managed prefix list of S3 in the Region. */
  readonly s3PrefixListId: string;
}

/** An interpreter for a regulated account: no way out of the VPC, keys of one's own, everything recorded. */
export class VpcStrictStack extends Stack {
  constructor(scope: Construct, id: string, props: VpcStrictStackProps) {
    super(scope, id, props);
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', props);
    const encryptionKey = new kms.Key(this, 'Key', { enableKeyRotation: true, description: 'Data of the interpreter' });
    const interpreter = new CodeInterpreter(this, 'Interpreter', {
      network: CodeInterpreterNetwork.strictVpc({ vpc, s3PrefixListId: props.s3PrefixListId }),
      staging: StagingBucket.create({ encryptionKey, retention: Duration.days(90) }),
      observability: { applicationLogs: true, traces: true },
    });
    // For scripts that read S3 themselves; what is staged for them needs none of this.
    interpreter.staging.grantRead(interpreter, 'incoming/');

    new CodeInterpreterDashboard(this, 'Dashboard', { interpreter });
    new CodeInterpreterAlarms(this, 'Alarms', { interpreter, actions: [new SnsAction(this.createTopic())] });
    new CodeInterpreterTrail(this, 'Trail', { interpreters: [interpreter] });
  }

  private createTopic(): sns.Topic {
    const masterKey = new kms.Key(this, 'TopicKey', { enableKeyRotation: true, description: 'Alarms' });
    masterKey.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return new sns.Topic(this, 'Topic', { masterKey, enforceSSL: true });
  }
}
