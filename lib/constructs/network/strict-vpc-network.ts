import { type RemovalPolicy, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { CodeInterpreterEndpoints } from './code-interpreter-endpoints';
import type { CodeInterpreterVpcProps } from './vpc-network';
import { selectSubnets } from './vpc-subnets';

/** An interpreter whose sessions reach VPC endpoints and nothing else. */
export interface CodeInterpreterStrictVpcProps {
  /** The VPC. */
  readonly vpc: ec2.IVpc;
  /**
   * The subnets of the network interfaces. Public subnets are rejected; subnets with egress need `s3PrefixListId`.
   *
   * @default - the isolated subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
  /**
   * The VPC endpoints that the sessions use.
   *
   * @default - endpoints of the data plane and S3, made once for each VPC in a stack
   */
  readonly endpoints?: CodeInterpreterEndpoints;
  /**
   * The id of the Region's managed prefix list of S3, such as `pl-63a5400a`. With it, the security group lets HTTPS out to
   * S3 and the endpoints alone; without, it is left to the routes of the subnets.
   *
   * `aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.REGION.s3` tells it.
   *
   * @default - HTTPS is let out to any IPv4 address, of which isolated subnets reach the endpoints alone
   */
  readonly s3PrefixListId?: string;
  /**
   * Removal policy of the interpreter's own security group. See `CodeInterpreterVpcProps`.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly securityGroupRemovalPolicy?: RemovalPolicy;
}

/** What a strict profile comes to, in terms of an interpreter in a VPC. */
export function strictVpcProps(scope: Construct, props: CodeInterpreterStrictVpcProps): CodeInterpreterVpcProps {
  const { vpc } = props;
  const selected = selectSubnets(scope, vpc, props.vpcSubnets, ec2.SubnetType.PRIVATE_ISOLATED);
  if (selected.hasPublic) {
    throw validationError(
      scope,
      'StrictNetworkPublicSubnets',
      `the strict network must not have public subnets; got ${among(vpc.publicSubnets, selected)}: select isolated ones`,
    );
  }
  checkPrefixList(scope, props.s3PrefixListId);
  const withEgress = among(vpc.privateSubnets, selected);
  if (withEgress && !props.s3PrefixListId) {
    throw validationError(
      scope,
      'StrictNetworkSubnetsWithEgress',
      `subnets with a way out need s3PrefixListId, so that the security group lets nothing else out; got ${withEgress}`,
    );
  }
  return {
    vpc,
    vpcSubnets: { subnets: selected.subnets },
    endpoints: props.endpoints ?? CodeInterpreterEndpoints._shared(scope, vpc, { subnets: selected.subnets }),
    egressCidrs: props.s3PrefixListId ? [] : undefined,
    securityGroupRemovalPolicy: props.securityGroupRemovalPolicy,
  };
}

/** Those of some subnets that have been selected, by their paths. */
function among(subnets: ec2.ISubnet[], selected: ec2.SelectedSubnets): string {
  const known = new Set(subnets.map((subnet) => subnet.node.path));
  return selected.subnets
    .map((subnet) => subnet.node.path)
    .filter((path) => known.has(path))
    .join(', ');
}

function checkPrefixList(scope: Construct, id: string | undefined): void {
  if (id !== undefined && !Token.isUnresolved(id) && !/^pl-[0-9a-f]{8,17}$/.test(id)) {
    throw validationError(
      scope,
      'PrefixListIdInvalid',
      `s3PrefixListId must be the id of a prefix list, such as "pl-63a5400a"; got "${id}"`,
    );
  }
}
