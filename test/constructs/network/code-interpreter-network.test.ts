import { App, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import {
  CodeInterpreter,
  CodeInterpreterNetwork,
  type CodeInterpreterVpcProps,
  WarningId,
} from '../../../lib/constructs';
import { only, stackWith, templateOf, warningsOf } from '../template-of';

const TYPE = 'AWS::BedrockAgentCore::CodeInterpreterCustom';

/** The subnets of a VPC, by their types. */
function vpcWith(stack: Stack, ...types: ec2.SubnetType[]): ec2.Vpc {
  return new ec2.Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways: types.includes(ec2.SubnetType.PUBLIC) ? 1 : 0,
    subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
  });
}

const { PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED } = ec2.SubnetType;

function inVpc(stack: Stack, vpc: ec2.IVpc, props: Partial<CodeInterpreterVpcProps> = {}): CodeInterpreter {
  return new CodeInterpreter(stack, 'Interpreter', { network: CodeInterpreterNetwork.vpc({ vpc, ...props }) });
}

function subnetsOf(template: Template): string[] {
  const { VpcConfig } = only(template, TYPE).NetworkConfiguration as { VpcConfig: { Subnets: { Ref: string }[] } };
  return VpcConfig.Subnets.map(({ Ref }) => Ref);
}

describe('a VPC, by default', () => {
  const template = templateOf((stack) => inVpc(stack, vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED)));

  test('takes private subnets with a way out', () => {
    expect(subnetsOf(template)).toEqual([
      expect.stringMatching(/^VpcPrivateSubnet1/),
      expect.stringMatching(/^VpcPrivateSubnet2/),
    ]);
  });

  test('has a security group of its own, which lets out HTTPS and nothing in', () => {
    expect(only(template, 'AWS::EC2::SecurityGroup')).toEqual({
      GroupDescription: 'Network interfaces of a code interpreter',
      SecurityGroupEgress: [
        { CidrIp: '0.0.0.0/0', Description: 'HTTPS', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 },
      ],
      VpcId: { Ref: expect.any(String) },
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.hasResource('AWS::EC2::SecurityGroup', { DeletionPolicy: Match.absent() });
  });

  test('has the network mode VPC', () => {
    template.hasResourceProperties(TYPE, {
      NetworkConfiguration: {
        NetworkMode: 'VPC',
        VpcConfig: { SecurityGroups: [{ 'Fn::GetAtt': ['InterpreterSecurityGroup88A7ED08', 'GroupId'] }] },
      },
    });
  });

  test('has no endpoints', () => template.resourceCountIs('AWS::EC2::VPCEndpoint', 0));
});

describe('subnets', () => {
  test('are isolated ones when the VPC has no others but public ones', () => {
    const template = templateOf((stack) => inVpc(stack, vpcWith(stack, PUBLIC, PRIVATE_ISOLATED)));
    expect(subnetsOf(template)).toEqual([expect.stringMatching(/Isolated/i), expect.stringMatching(/Isolated/i)]);
  });

  test('can be selected', () => {
    const template = templateOf((stack) =>
      inVpc(stack, vpcWith(stack, PRIVATE_WITH_EGRESS, PUBLIC, PRIVATE_ISOLATED), {
        vpcSubnets: { subnetType: PRIVATE_ISOLATED },
      }),
    );
    expect(subnetsOf(template).every((subnet) => /isolated/i.test(subnet))).toBe(true);
  });

  test('warns when public subnets are selected', () => {
    const stack = stackWith((scope) => inVpc(scope, vpcWith(scope, PUBLIC), { vpcSubnets: { subnetType: PUBLIC } }));
    expect(warningsOf(stack)).toEqual([WarningId.PUBLIC_SUBNETS]);
  });

  test('fails when the VPC has public subnets only', () => {
    expect(() => templateOf((stack) => inVpc(stack, vpcWith(stack, PUBLIC)))).toThrow(
      'Stack/Interpreter: the VPC Stack/Vpc must have private or isolated subnets; got 2 public and 0 private ones',
    );
  });

  test('fails when none are selected', () => {
    expect(() =>
      templateOf((stack) =>
        inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), { vpcSubnets: { availabilityZones: ['elsewhere'] } }),
      ),
    ).toThrow('Stack/Interpreter: vpcSubnets must select at least one private subnet of Stack/Vpc; got none');
  });

  test('fails when more than 16 are selected', () => {
    expect(() =>
      templateOf((stack) =>
        inVpc(
          stack,
          ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
            vpcId: 'vpc-1',
            availabilityZones: ['eu-west-1a'],
            privateSubnetIds: Array.from({ length: 17 }, (_, index) => `subnet-${index}`),
          }),
        ),
      ),
    ).toThrow('Stack/Interpreter: subnets must be 1 to 16; got 17');
  });

  test('of a VPC that is still looked up are not judged', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcName: 'shared' });
    expect(() => inVpc(stack, vpc)).not.toThrow();
  });
});

describe('security groups', () => {
  test('can be given', () => {
    const template = templateOf((stack) =>
      inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), {
        securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Given', 'sg-1')],
      }),
    );
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    template.hasResourceProperties(TYPE, { NetworkConfiguration: { VpcConfig: { SecurityGroups: ['sg-1'] } } });
  });

  test('let HTTPS out to given blocks', () => {
    const template = templateOf((stack) =>
      inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), { egressCidrs: ['10.0.0.0/16', '2001:db8::/32'] }),
    );
    const https = { Description: 'HTTPS', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 };
    expect(only(template, 'AWS::EC2::SecurityGroup').SecurityGroupEgress).toEqual([
      { CidrIp: '10.0.0.0/16', ...https },
      { CidrIpv6: '2001:db8::/32', ...https },
    ]);
  });

  test('take blocks from tokens', () => {
    const template = templateOf((stack) =>
      inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), { egressCidrs: [Token.asString({ Ref: 'Cidr' })] }),
    );
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [Match.objectLike({ CidrIp: { Ref: 'Cidr' } })],
    });
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.256/8', '10.0.0.0/8/8', '2001:db8::/129', 'anywhere'])(
    'fails when a block is "%s"',
    (cidr) => {
      expect(() =>
        templateOf((stack) => inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), { egressCidrs: [cidr] })),
      ).toThrow(
        `Stack/Interpreter: egressCidrs must be CIDR blocks such as "10.0.0.0/16" or "2001:db8::/32"; got "${cidr}"`,
      );
    },
  );

  test.each([
    ['egressCidrs', { egressCidrs: ['10.0.0.0/16'] }],
    ['securityGroupRemovalPolicy', { securityGroupRemovalPolicy: RemovalPolicy.RETAIN }],
  ])('fails when %s meets given security groups', (name, props) => {
    const securityGroups = (stack: Stack) => [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Given', 'sg-1')];
    expect(() =>
      templateOf((stack) =>
        inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), { securityGroups: securityGroups(stack), ...props }),
      ),
    ).toThrow(`Stack/Interpreter: ${name} is for the interpreter's own security group; got securityGroups too`);
  });

  test('fails when no security group is given', () => {
    expect(() => templateOf((stack) => inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), { securityGroups: [] }))).toThrow(
      'Stack/Interpreter: securityGroups must be 1 to 16; got 0',
    );
  });

  test('can be left behind when the stack is deleted', () => {
    const template = templateOf((stack) =>
      inVpc(stack, vpcWith(stack, PRIVATE_ISOLATED), { securityGroupRemovalPolicy: RemovalPolicy.RETAIN }),
    );
    template.hasResource('AWS::EC2::SecurityGroup', { DeletionPolicy: 'Retain' });
  });

  test('are what connections are about', () => {
    const template = templateOf((stack) => {
      const vpc = vpcWith(stack, PRIVATE_ISOLATED);
      const database = new ec2.SecurityGroup(stack, 'Database', { vpc });
      inVpc(stack, vpc).connections.allowTo(database, ec2.Port.tcp(5432), 'PostgreSQL');
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
      FromPort: 5432,
      GroupId: { 'Fn::GetAtt': ['InterpreterSecurityGroup88A7ED08', 'GroupId'] },
    });
  });
});

test('several interpreters in one scope have security groups of their own', () => {
  const template = templateOf((stack) => {
    const network = CodeInterpreterNetwork.vpc({ vpc: vpcWith(stack, PRIVATE_ISOLATED) });
    new CodeInterpreter(stack, 'One', { network });
    new CodeInterpreter(stack, 'Two', { network });
  });
  template.resourceCountIs('AWS::EC2::SecurityGroup', 2);
  template.resourceCountIs(TYPE, 2);
});

test('fails when connections are asked for outside of a VPC', () => {
  expect(() => stackWith((stack) => new CodeInterpreter(stack, 'Interpreter').connections)).toThrow(
    'Cannot manage network access without configuring a VPC',
  );
});

describe('the strict network', () => {
  const strict = (stack: Stack, vpc: ec2.IVpc, s3PrefixListId?: string, id = 'Interpreter') =>
    new CodeInterpreter(stack, id, { network: CodeInterpreterNetwork.strictVpc({ vpc, s3PrefixListId }) });

  test('has the mode that the AWS Config rule asks for, isolated subnets, and endpoints', () => {
    const template = templateOf((stack) =>
      strict(stack, vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED)),
    );
    expect(only(template, TYPE).NetworkConfiguration).toMatchObject({ NetworkMode: 'VPC' });
    expect(subnetsOf(template).every((subnet) => /isolated/i.test(subnet))).toBe(true);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
  });

  test('lets HTTPS out to S3 and the endpoints alone when the prefix list is known', () => {
    const template = templateOf((stack) => strict(stack, vpcWith(stack, PRIVATE_ISOLATED), 'pl-63a5400a'));
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Network interfaces of a code interpreter',
      SecurityGroupEgress: [
        { DestinationPrefixListId: 'pl-63a5400a', Description: 'HTTPS', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 },
      ],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 1);
  });

  test('leaves it to the routes of isolated subnets when the prefix list is not known', () => {
    const template = templateOf((stack) => strict(stack, vpcWith(stack, PRIVATE_ISOLATED)));
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Network interfaces of a code interpreter',
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })],
    });
  });

  test('shares the endpoints of a VPC between the interpreters of a stack', () => {
    const template = templateOf((stack) => {
      const vpc = vpcWith(stack, PRIVATE_ISOLATED);
      strict(stack, vpc, undefined, 'One');
      strict(stack, vpc, undefined, 'Two');
    });
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 2);
  });

  test('fails when the VPC has no isolated subnets', () => {
    expect(() => templateOf((stack) => strict(stack, vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS)))).toThrow(
      'Stack/Interpreter: the VPC Stack/Vpc must have isolated subnets; got 2 public and 2 private ones',
    );
  });

  test('fails when subnets with a way out are selected and the prefix list is not known', () => {
    const selected = (s3PrefixListId?: string) =>
      templateOf((stack) => {
        const vpc = vpcWith(stack, PUBLIC, PRIVATE_WITH_EGRESS);
        const vpcSubnets = { subnetType: PRIVATE_WITH_EGRESS };
        const network = CodeInterpreterNetwork.strictVpc({ vpc, vpcSubnets, s3PrefixListId });
        new CodeInterpreter(stack, 'Interpreter', { network });
      });
    expect(subnetsOf(selected('pl-63a5400a'))).toHaveLength(2);
    expect(() => selected()).toThrow(
      'Stack/Interpreter: subnets with a way out need s3PrefixListId, so that the security group lets nothing else out; got Stack/Vpc/PrivateSubnet1, ',
    );
  });

  test('fails when the prefix list is not an id', () => {
    expect(() =>
      templateOf((stack) => strict(stack, vpcWith(stack, PRIVATE_ISOLATED), 'com.amazonaws.eu-west-1.s3')),
    ).toThrow('Stack/Interpreter: s3PrefixListId must be the id of a prefix list, such as "pl-63a5400a"; got "com.');
  });

  test('fails when public subnets are selected', () => {
    expect(() =>
      templateOf((stack) => {
        const vpc = vpcWith(stack, PUBLIC);
        const network = CodeInterpreterNetwork.strictVpc({ vpc, vpcSubnets: { subnetType: PUBLIC } });
        new CodeInterpreter(stack, 'Interpreter', { network });
      }),
    ).toThrow('Stack/Interpreter: the strict network must not have public subnets; got Stack/Vpc/PublicSubnet1, ');
  });
});
