import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { validationError, warn } from '../base/construct-validation';
import { WarningId } from '../base/warning-id';

/**
 * The subnets for network interfaces of the service. These never get a public address: in a public subnet they reach
 * nothing outside of the VPC. So public subnets are taken only when they are asked for, with a warning.
 */
export function selectSubnets(
  scope: Construct,
  vpc: ec2.IVpc,
  asked: ec2.SubnetSelection | undefined,
  preferred: ec2.SubnetType.PRIVATE_WITH_EGRESS | ec2.SubnetType.PRIVATE_ISOLATED,
): ec2.SelectedSubnets {
  const selected = vpc.selectSubnets(asked ?? { subnetType: defaultType(scope, vpc, preferred) });
  if (selected.subnets.length === 0 && !selected.isPendingLookup) {
    throw validationError(
      scope,
      'NoSubnets',
      `vpcSubnets must select at least one private subnet of ${vpc.node.path}; got none`,
    );
  }
  if (selected.hasPublic) {
    warn(
      scope,
      WarningId.PUBLIC_SUBNETS,
      'some of the selected subnets are public: network interfaces of the service get no public address there, so that ' +
        'code in a session reaches nothing outside of the VPC. Select private subnets',
    );
  }
  return selected;
}

function defaultType(
  scope: Construct,
  vpc: ec2.IVpc,
  preferred: ec2.SubnetType.PRIVATE_WITH_EGRESS | ec2.SubnetType.PRIVATE_ISOLATED,
): ec2.SubnetType {
  if (preferred === ec2.SubnetType.PRIVATE_WITH_EGRESS && vpc.privateSubnets.length > 0) {
    return preferred;
  }
  if (vpc.isolatedSubnets.length > 0) {
    return ec2.SubnetType.PRIVATE_ISOLATED;
  }
  throw validationError(
    scope,
    'NoPrivateSubnets',
    `the VPC ${vpc.node.path} must have ${preferred === ec2.SubnetType.PRIVATE_ISOLATED ? 'isolated' : 'private or isolated'} subnets; ` +
      `got ${vpc.publicSubnets.length} public and ${vpc.privateSubnets.length} private ones: add such subnets, or select some with vpcSubnets`,
  );
}
