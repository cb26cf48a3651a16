import { isIPv4, isIPv6 } from 'node:net';
import { Lazy, type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import type { CodeInterpreterEndpoints } from './code-interpreter-endpoints';
import { selectSubnets } from './vpc-subnets';

/** An interpreter in a VPC. */
export interface CodeInterpreterVpcProps {
  /** The VPC. */
  readonly vpc: ec2.IVpc;
  /**
   * The subnets of the network interfaces: 1 to 16. Only some Availability Zones support the service.
   *
   * @default - private subnets with a way out, or isolated ones if the VPC has no such
   * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-vpc.html
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * The security groups of the network interfaces: 1 to 16.
   *
   * @default - one of its own, which lets out HTTPS to `egressCidrs` and nothing in
   */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /**
   * Where the interpreter's own security group lets HTTPS out to, as CIDR blocks of IPv4 or IPv6.
   * More can be let out through `connections`.
   *
   * @default ['0.0.0.0/0']
   */
  readonly egressCidrs?: string[];
  /**
   * VPC endpoints that the sessions use. The endpoints and their policies let this interpreter in.
   *
   * @default - none
   */
  readonly endpoints?: CodeInterpreterEndpoints;
  /**
   * Removal policy of the interpreter's own security group. The service's network interfaces outlive an
   * interpreter by up to eight hours, and until then CloudFormation cannot delete the group: with `RETAIN`, a stack is
   * deleted at once, and the group is left to be deleted by hand. See docs/network.md.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly securityGroupRemovalPolicy?: RemovalPolicy;
}

/** The most security groups, and the most subnets, that the service takes. */
const MAX_ATTACHMENTS = 16;
const HTTPS = ec2.Port.tcp(443);
const HTTPS_RULE = 'HTTPS';

/** The subnets and security groups of an interpreter in a VPC. */
export function bindVpc(
  scope: Construct,
  props: CodeInterpreterVpcProps,
  s3PrefixListId?: string,
): bedrockagentcore.CodeInterpreterNetworkConfiguration {
  checkSecurityGroups(scope, props);
  const { subnets } = selectSubnets(scope, props.vpc, props.vpcSubnets, ec2.SubnetType.PRIVATE_WITH_EGRESS);
  checkCount(scope, 'subnets', subnets.length);
  return bedrockagentcore.CodeInterpreterNetworkConfiguration.usingVpc(scope, {
    vpc: props.vpc,
    vpcSubnets: { subnets },
    securityGroups: props.securityGroups ?? [ownSecurityGroup(scope, props, s3PrefixListId)],
  });
}

function ownSecurityGroup(
  scope: Construct,
  props: CodeInterpreterVpcProps,
  s3PrefixListId?: string,
): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc: props.vpc,
    description: 'Network interfaces of a code interpreter',
    allowAllOutbound: false,
  });
  for (const cidr of props.egressCidrs ?? ['0.0.0.0/0']) {
    group.addEgressRule(peerOf(scope, cidr), HTTPS, HTTPS_RULE);
  }
  if (s3PrefixListId) {
    addPrefixListRule(group, s3PrefixListId);
  }
  if (props.securityGroupRemovalPolicy) {
    group.applyRemovalPolicy(props.securityGroupRemovalPolicy);
  }
  return group;
}

/**
 * Among the group's own rules: aws-cdk-lib would make it a resource of its own and leave the group without any rule, and
 * to a group without rules for what goes out, EC2 adds one that lets out everything.
 */
function addPrefixListRule(group: ec2.SecurityGroup, destinationPrefixListId: string): void {
  const resource = group.node.defaultChild as ec2.CfnSecurityGroup;
  const others = resource.securityGroupEgress;
  const rule = { destinationPrefixListId, ipProtocol: 'tcp', fromPort: 443, toPort: 443, description: HTTPS_RULE };
  resource.securityGroupEgress = Lazy.any({
    produce: () => [rule, ...((Stack.of(group).resolve(others) as object[] | undefined) ?? [])],
  });
}

function peerOf(scope: Construct, cidr: string): ec2.IPeer {
  if (Token.isUnresolved(cidr)) {
    return ec2.Peer.ipv4(cidr);
  }
  const [address = '', size = '', ...rest] = cidr.split('/');
  const bits = /^\d{1,3}$/.test(size) && rest.length === 0 ? Number(size) : Number.NaN;
  if (isIPv4(address) && bits <= 32) {
    return ec2.Peer.ipv4(cidr);
  }
  if (isIPv6(address) && bits <= 128) {
    return ec2.Peer.ipv6(cidr);
  }
  throw validationError(
    scope,
    'EgressCidrInvalid',
    `egressCidrs must be CIDR blocks such as "10.0.0.0/16" or "2001:db8::/32"; got "${cidr}"`,
  );
}

function checkSecurityGroups(scope: Construct, props: CodeInterpreterVpcProps): void {
  if (props.securityGroups === undefined) {
    return;
  }
  checkCount(scope, 'securityGroups', props.securityGroups.length);
  const forOwnGroup = ['egressCidrs', 'securityGroupRemovalPolicy'] as const;
  const extra = forOwnGroup.find((name) => props[name] !== undefined);
  if (extra) {
    throw validationError(
      scope,
      'SecurityGroupOptionWithGivenGroups',
      `${extra} is for the interpreter's own security group; got securityGroups too: set it up on these groups instead`,
    );
  }
}

function checkCount(scope: Construct, name: string, count: number): void {
  if (count < 1 || count > MAX_ATTACHMENTS) {
    throw validationError(scope, 'VpcAttachmentCount', `${name} must be 1 to ${MAX_ATTACHMENTS}; got ${count}`);
  }
}
