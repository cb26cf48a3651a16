import { App, CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CfnCodeInterpreterCustom } from 'aws-cdk-lib/aws-bedrockagentcore';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as fc from 'fast-check';
import {
  CodeInterpreter,
  CodeInterpreterNetwork,
  type CodeInterpreterProps,
  StagingBucket,
  WarningId,
} from '../../../lib/constructs';
import { ENV, stackWith, warningsOf } from '../template-of';

type Fill = (stack: Stack) => CodeInterpreterProps | undefined;

/** The physical name, as it is in the template. */
function nameOf(fill: Fill, after?: (interpreter: CodeInterpreter) => void, stackName = 'Stack'): string {
  const stack = new Stack(new App({ analyticsReporting: false }), stackName, { env: ENV });
  const interpreter = new CodeInterpreter(stack, 'Interpreter', fill(stack));
  after?.(interpreter);
  const [resource] = Object.values(
    Template.fromStack(stack).findResources('AWS::BedrockAgentCore::CodeInterpreterCustom'),
  );
  return resource?.Properties.Name;
}

function trust(): iam.ServicePrincipal {
  return new iam.ServicePrincipal('bedrock-agentcore.amazonaws.com');
}

const vpcOf = (stack: Stack, vpcId = 'vpc-1') =>
  ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId,
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-1'],
  });
const secretOf = (stack: Stack, id: string) =>
  secretsmanager.Secret.fromSecretCompleteArn(
    stack,
    id,
    `arn:aws:secretsmanager:eu-west-1:111122223333:secret:${id}-AbCdEf`,
  );

const before = nameOf(() => undefined);

describe('the name changes with every property whose change replaces the interpreter', () => {
  const changes: Record<string, Fill> = {
    description: () => ({ description: 'changed' }),
    'network mode': () => ({ network: CodeInterpreterNetwork.publicInternet() }),
    'execution role': (stack) => ({ executionRole: new iam.Role(stack, 'Role', { assumedBy: trust() }) }),
    certificates: (stack) => ({ certificates: [secretOf(stack, 'one')] }),
    VPC: (stack) => ({ network: CodeInterpreterNetwork.vpc({ vpc: vpcOf(stack) }) }),
  };
  const names = Object.entries(changes).map(([change, fill]) => ({ change, name: nameOf(fill) }));

  test.each(names)('$change', ({ name }) => expect(name).not.toBe(before));

  test('and no two changes give the same name', () => {
    expect(new Set([before, ...names.map(({ name }) => name)]).size).toBe(names.length + 1);
  });

  test('an override of the resource', () => {
    const set = (value: string) => (interpreter: CodeInterpreter) => {
      (interpreter.node.defaultChild as CfnCodeInterpreterCustom).addPropertyOverride('Description', value);
    };
    const [one, two] = [nameOf(() => undefined, set('one')), nameOf(() => undefined, set('two'))];
    expect(new Set([before, one, two]).size).toBe(3);
  });

  test('one more security group, added later', () => {
    const given: Fill = (stack) => ({ network: CodeInterpreterNetwork.vpc({ vpc: vpcOf(stack) }) });
    const add = (interpreter: CodeInterpreter) => {
      const group = ec2.SecurityGroup.fromSecurityGroupId(interpreter.stack, 'More', 'sg-1');
      interpreter.connections.addSecurityGroup(group);
    };
    expect(nameOf(given, add)).not.toBe(nameOf(given));
  });
});

describe('the name changes with what replaces a resource that the interpreter refers to', () => {
  test('the name or the path of the execution role', () => {
    const role = (props: Partial<iam.RoleProps>) =>
      nameOf((stack) => ({ executionRole: new iam.Role(stack, 'Role', { assumedBy: trust(), ...props }) }));
    expect(new Set([role({}), role({ roleName: 'named' }), role({ path: '/teams/' })]).size).toBe(3);
  });

  test('the VPC of its security group', () => {
    const inVpc = (vpcId: string) =>
      nameOf((stack) => ({ network: CodeInterpreterNetwork.vpc({ vpc: vpcOf(stack, vpcId) }) }));
    expect(inVpc('vpc-1')).not.toBe(inVpc('vpc-2'));
  });

  test('the addresses of a subnet', () => {
    const inVpc = (cidr: string) =>
      nameOf((stack) => ({
        network: CodeInterpreterNetwork.vpc({
          vpc: new ec2.Vpc(stack, 'Vpc', { ipAddresses: ec2.IpAddresses.cidr(cidr), maxAzs: 1 }),
        }),
      }));
    expect(inVpc('10.0.0.0/16')).not.toBe(inVpc('10.1.0.0/16'));
  });
});

describe('the name stays', () => {
  test('when nothing changes', () => expect(nameOf(() => undefined)).toBe(before));

  test('when the staging bucket changes', () => {
    expect(nameOf(() => ({ staging: StagingBucket.create({ versioned: false }) }))).toBe(before);
  });

  test('when traces are delivered', () => {
    expect(nameOf(() => ({ observability: { traces: true } }))).toBe(before);
  });

  test('when the role gets grants', () => {
    expect(
      nameOf(
        () => undefined,
        (interpreter) => interpreter.staging.grantRead(interpreter, 'incoming/'),
      ),
    ).toBe(before);
  });

  test('when tags change', () => {
    expect(
      nameOf(
        () => undefined,
        ({ stack }) => stack.tags.setTag('team', 'data'),
      ),
    ).toBe(before);
  });

  test('when the description of its role changes', () => {
    const role = (description: string) =>
      nameOf((stack) => ({ executionRole: new iam.Role(stack, 'Role', { assumedBy: trust(), description }) }));
    expect(role('one')).toBe(role('two'));
  });
});

test('the name is within the limits of the service under a long stack name', () => {
  const name = nameOf(() => undefined, undefined, `Stack${'-with-a-long-name'.repeat(7)}`);
  expect(name).toMatch(/^[a-zA-Z][a-zA-Z0-9_]{0,47}$/);
});

test('the name is within the limits of the service under any names and ids', () => {
  const stackName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
  // The constructs library itself takes no id that every object of JavaScript has as a member, such as "constructor".
  const id = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => text.trim() !== '' && text !== 'Default' && !(text in {}));
  fc.assert(
    fc.property(stackName, id, (name, interpreterId) => {
      const stack = new Stack(new App({ analyticsReporting: false }), name);
      const interpreter = new CodeInterpreter(stack, interpreterId);
      expect(stack.resolve(interpreter.interpreterName)).toMatch(/^[a-zA-Z][a-zA-Z0-9_]{0,47}$/);
    }),
    { numRuns: 40 },
  );
});

test('the name is within the limits of the service in a nested stack', () => {
  const nested = new NestedStack(new Stack(new App(), 'Stack'), '1st');
  const interpreter = new CodeInterpreter(nested, '2nd');
  expect(nested.resolve(interpreter.interpreterName)).toMatch(/^[a-zA-Z][a-zA-Z0-9_]{0,47}$/);
});

test('two interpreters of a stack have different names', () => {
  const stack = new Stack(new App(), 'Stack');
  new CodeInterpreter(stack, 'One');
  new CodeInterpreter(stack, 'Two');
  const found = Template.fromStack(stack).findResources('AWS::BedrockAgentCore::CodeInterpreterCustom');
  expect(new Set(Object.values(found).map(({ Properties }) => Properties.Name)).size).toBe(2);
});

test('interpreterName resolves to the name, in other stacks too', () => {
  const app = new App();
  const interpreter = new CodeInterpreter(new Stack(app, 'Owner'), 'Interpreter');
  const other = new Stack(app, 'Other');
  expect(other.resolve(interpreter.interpreterName)).toMatch(/^Owner_Interpreter_/);
});

describe('what replaces the interpreter from outside of its stack', () => {
  type Build = (app: App) => Stack;
  const nameIn = (build: Build): string => {
    const app = new App({ analyticsReporting: false });
    const [resource] = Object.values(
      Template.fromStack(build(app)).findResources('AWS::BedrockAgentCore::CodeInterpreterCustom'),
    );
    return resource?.Properties.Name;
  };
  const stackIn = (app: App, id: string) => new Stack(app, id, { env: ENV });
  const role = (stack: Stack, props: Partial<iam.RoleProps>) =>
    new iam.Role(stack, 'Role', { assumedBy: trust(), ...props });
  const network = (stack: Stack, cidr: string) => {
    const ipAddresses = ec2.IpAddresses.cidr(cidr);
    const vpc = new ec2.Vpc(stack, 'Vpc', { ipAddresses, availabilityZones: ['eu-west-1a'] });
    return CodeInterpreterNetwork.vpc({ vpc });
  };
  const inNested =
    (fill: Fill): Build =>
    (app) => {
      const parent = stackIn(app, 'Parent');
      const props = fill(parent);
      const nested = new NestedStack(parent, 'Nested');
      new CodeInterpreter(nested, 'Interpreter', props);
      return nested;
    };
  const acrossStacks =
    (fill: Fill): Build =>
    (app) => {
      const props = fill(stackIn(app, 'Shared'));
      const stack = stackIn(app, 'Stack');
      new CodeInterpreter(stack, 'Interpreter', props);
      return stack;
    };
  const behindParameter =
    (roleName: string): Build =>
    (app) => {
      const parent = stackIn(app, 'Parent');
      const nested = new NestedStack(parent, 'Nested', { parameters: { RoleArn: role(parent, { roleName }).roleArn } });
      const arn = new CfnParameter(nested, 'RoleArn').valueAsString;
      new CodeInterpreter(nested, 'Interpreter', { executionRole: iam.Role.fromRoleArn(nested, 'Given', arn) });
      return nested;
    };
  const shared =
    (change: object): Fill =>
    (stack) => ({ executionRole: role(stack, change) });

  test.each<[string, Build, Build]>([
    ['a role of the parent stack', inNested(shared({ roleName: 'a' })), inNested(shared({ roleName: 'b' }))],
    [
      'a VPC of the parent stack',
      inNested((stack) => ({ network: network(stack, '10.0.0.0/16') })),
      inNested((stack) => ({ network: network(stack, '10.1.0.0/16') })),
    ],
    ['a role of another stack', acrossStacks(shared({ path: '/a/' })), acrossStacks(shared({ path: '/b/' }))],
    [
      'a VPC of another stack',
      acrossStacks((stack) => ({ network: network(stack, '10.0.0.0/16') })),
      acrossStacks((stack) => ({ network: network(stack, '10.1.0.0/16') })),
    ],
    ['a role behind a parameter of a nested stack', behindParameter('a'), behindParameter('b')],
  ])('%s', (_, one, other) => expect(nameIn(one)).not.toBe(nameIn(other)));

  test.each<[string, Build, Build]>([
    ['inside of the parent stack', inNested(shared({})), inNested(shared({ description: 'changed' }))],
    ['in another stack', acrossStacks(shared({})), acrossStacks(shared({ description: 'changed' }))],
  ])('a change in place does not count, %s', (_, one, other) => expect(nameIn(one)).toBe(nameIn(other)));
});

describe('overrides', () => {
  const resourceOf = (interpreter: CodeInterpreter) => interpreter.node.defaultChild as CfnCodeInterpreterCustom;

  test.each<[string, (interpreter: CodeInterpreter) => void]>([
    ['of the logical id', (interpreter) => resourceOf(interpreter).overrideLogicalId('Other')],
    ['of a property', (interpreter) => resourceOf(interpreter).addPropertyOverride('Description', 'other')],
    [
      'of the logical id of its role',
      ({ executionRole }) => (executionRole.node.defaultChild as iam.CfnRole).overrideLogicalId('Other'),
    ],
    [
      'of the name of its role',
      ({ executionRole }) => (executionRole.node.defaultChild as iam.CfnRole).addPropertyOverride('RoleName', 'other'),
    ],
  ])('%s changes the name', (_, override) => expect(nameOf(() => undefined, override)).not.toBe(before));

  test('of the tags does not', () => {
    expect(
      nameOf(
        () => undefined,
        (interpreter) => resourceOf(interpreter).addPropertyOverride('Tags', { a: 'b' }),
      ),
    ).toBe(before);
  });

  test('of the name itself is a fixed name, with the warning of one', () => {
    const stack = stackWith((scope) => {
      resourceOf(new CodeInterpreter(scope, 'Interpreter')).addPropertyOverride('Name', 'fixed');
    });
    expect(warningsOf(stack)).toEqual([WarningId.FIXED_NAME]);
  });
});
