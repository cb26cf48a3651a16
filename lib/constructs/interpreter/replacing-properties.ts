import { CfnElement, CfnResource, type Stack } from 'aws-cdk-lib';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Properties = { [name: string]: Json };

/**
 * Properties whose change gives a resource a new id or ARN, for the types that an interpreter refers to.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
 */
const REPLACING_PROPERTIES: Record<string, readonly string[]> = {
  'AWS::IAM::Role': ['RoleName', 'Path'],
  'AWS::EC2::SecurityGroup': ['GroupName', 'GroupDescription', 'VpcId'],
  'AWS::EC2::Subnet': [
    'AvailabilityZone',
    'AvailabilityZoneId',
    'CidrBlock',
    'Ipv4IpamPoolId',
    'Ipv4NetmaskLength',
    'Ipv6Native',
    'OutpostArn',
    'VpcId',
  ],
  'AWS::EC2::VPC': ['CidrBlock', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength'],
  'AWS::SecretsManager::Secret': ['Name'],
};

/** Properties of the interpreter that can change in place. */
const UPDATABLE = ['Name', 'Tags'];

/** Everything in the template whose change gives the interpreter a new identity, in a stable order. */
export function replacingPropertiesOf(resource: CfnResource, stack: Stack): unknown {
  const properties = { ...renderedProperties(resource, stack) };
  for (const name of UPDATABLE) {
    delete properties[name];
  }
  const references = new Map<string, Json>();
  collectReferences(properties, resourcesByLogicalId(stack), stack, references);
  return [sorted(properties), [...references].sort(([a], [b]) => (a < b ? -1 : 1))];
}

/** With overrides: what `addPropertyOverride` changes shows in the rendered resource alone. */
function renderedProperties(resource: CfnResource, stack: Stack): Properties {
  const template = stack.resolve(resource._toCloudFormation()) as {
    Resources?: Record<string, { Properties?: Properties }>;
  };
  return Object.values(template.Resources ?? {})[0]?.Properties ?? {};
}

function resourcesByLogicalId(stack: Stack): Map<string, CfnResource> {
  const resources = stack.node.findAll().filter((node) => CfnElement.isCfnElement(node) && node.stack === stack);
  return new Map(
    resources
      .filter((node) => CfnResource.isCfnResource(node))
      .map((node) => [stack.resolve(node.logicalId) as string, node]),
  );
}

function collectReferences(
  value: Json,
  resources: ReadonlyMap<string, CfnResource>,
  stack: Stack,
  found: Map<string, Json>,
): void {
  if (value === null || typeof value !== 'object') {
    return;
  }
  const target = Array.isArray(value) ? undefined : referenceOf(value);
  if (target !== undefined && !found.has(target)) {
    const resource = resources.get(target);
    const counting = resource && REPLACING_PROPERTIES[resource.cfnResourceType];
    if (resource && counting) {
      const rendered = renderedProperties(resource, stack);
      const properties = Object.fromEntries(Object.entries(rendered).filter(([name]) => counting.includes(name)));
      found.set(target, sorted(properties));
      collectReferences(properties, resources, stack, found);
    }
  }
  for (const part of Object.values(value)) {
    collectReferences(part, resources, stack, found);
  }
}

/** The logical id that a `Ref` or an `Fn::GetAtt` names. */
function referenceOf(value: Properties): string | undefined {
  const attribute = value['Fn::GetAtt'];
  const target = value.Ref ?? (Array.isArray(attribute) ? attribute[0] : attribute);
  return typeof target === 'string' ? target.split('.')[0] : undefined;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const entries = Object.entries(value).map(([name, part]): [string, Json] => [name, sorted(part)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
