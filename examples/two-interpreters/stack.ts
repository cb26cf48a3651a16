import { Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { CodeInterpreter, CodeInterpreterEndpoints, CodeInterpreterNetwork, StagingBucket } from '../../lib';

export interface TwoInterpretersStackProps extends StackProps {
  readonly vpcId: string;
  readonly availabilityZones: string[];
  readonly privateSubnetIds: string[];
  readonly privateSubnetRouteTableIds: string[];
}

/** Two interpreters in a VPC, which share its endpoints and a staging bucket, but no network access of their own. */
export class TwoInterpretersStack extends Stack {
  constructor(scope: Construct, id: string, props: TwoInterpretersStackProps) {
    super(scope, id, props);
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: props.vpcId,
      availabilityZones: props.availabilityZones,
      privateSubnetIds: props.privateSubnetIds,
      privateSubnetRouteTableIds: props.privateSubnetRouteTableIds,
      vpcCidrBlock: '10.0.0.0/16',
    });
    const endpoints = new CodeInterpreterEndpoints(this, 'Endpoints', { vpc });
    const network = CodeInterpreterNetwork.vpc({ vpc, endpoints, egressCidrs: ['10.0.0.0/16'] });
    const reports = new CodeInterpreter(this, 'Reports', {
      description: 'Monthly reports',
      network,
      staging: StagingBucket.create({ encryptionKey: new kms.Key(this, 'Key', { enableKeyRotation: true }) }),
    });
    const forecasts = new CodeInterpreter(this, 'Forecasts', {
      description: 'Forecasts',
      network,
      staging: StagingBucket.fromBucket(reports.staging.bucket, { sendsEvents: true }),
    });
    reports.staging.grantRead(reports, 'incoming/reports/');
    forecasts.staging.grantRead(forecasts, 'incoming/forecasts/');
  }
}
