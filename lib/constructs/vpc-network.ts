import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** An interpreter in a VPC. */
export interface CodeInterpreterVpcProps {
  /** The VPC. */
  readonly vpc: ec2.IVpc;
  /**
   * The subnets of the network interfaces. Only some Availability Zones support the service.
   *
   * @default - private subnets with a way out, or isolated ones if the VPC has no such
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * The security groups of the network interfaces.
   *
   * @default - one of its own, which lets out HTTPS and nothing in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Makes the network configuration of an interpreter in a VPC. */
export function bindVpc(
  scope: Construct,
  props: CodeInterpreterVpcProps,
): bedrockagentcore.CodeInterpreterNetworkConfiguration {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc: props.vpc, allowAllOutbound: false });
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443));
  return bedrockagentcore.CodeInterpreterNetworkConfiguration.usingVpc(scope, {
    vpc: props.vpc,
    vpcSubnets: props.vpcSubnets,
    securityGroups: props.securityGroups ?? [group],
  });
}
