import {
  CfnElement,
  CfnParameter,
  CfnResource,
  CfnStack,
  DefaultTokenResolver,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  Tokenization,
} from 'aws-cdk-lib';

type Json = undefined | null | boolean | number | string | Json[] | { [name: string]: Json };
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

/**
 * Everything whose change gives the interpreter a new identity, in a stable order: its logical id, its properties, and
 * what would replace the resources that these refer to, in this stack, another one, or behind a parameter of a nested one.
 */
export function replacingPropertiesOf(resource: CfnResource): unknown {
  const references = new ReferencedResources();
  const properties = { ...references.render(resource) };
  for (const name of UPDATABLE) {
    delete properties[name];
  }
  return [Stack.of(resource).resolve(resource.logicalId), sorted(properties), references.sorted()];
}

/** The physical name in the template, with overrides; undefined if it is not a plain text. */
export function renderedName(resource: CfnResource): string | undefined {
  const { Name } = new ReferencedResources().render(resource);
  return typeof Name === 'string' ? Name : undefined;
}

/** Renders resources, and follows the references in them to other resources. */
class ReferencedResources {
  private readonly found = new Map<string, Json>();

  /** The properties of a resource as they are in the template, with overrides, in which references have stable names. */
  render(resource: CfnResource): Properties {
    const rendered = this.resolve(Stack.of(resource), resource._toCloudFormation()) as {
      Resources?: Record<string, { Properties?: Properties }>;
    };
    return Object.values(rendered.Resources ?? {})[0]?.Properties ?? {};
  }

  sorted(): unknown {
    return [...this.found].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  private resolve(stack: Stack, value: unknown): Json {
    const resolved = Tokenization.resolve(value, {
      scope: stack,
      resolver: new ReferenceResolver((reference) => this.follow(reference)),
      preparing: false,
    }) as Json;
    this.followOverrides(stack, resolved);
    return resolved;
  }

  private follow({ target, displayName }: Reference): Json {
    if (!CfnElement.isCfnElement(target)) {
      return displayName;
    }
    const stack = Stack.of(target);
    const id = `${stack.node.path}/${stack.resolve(target.logicalId)}`;
    if (!this.found.has(id)) {
      this.add(id, target);
    }
    return `${id}.${displayName}`;
  }

  private add(id: string, target: CfnElement): void {
    if (target instanceof CfnParameter) {
      this.found.set(id, null);
      this.found.set(id, this.passedTo(target));
    } else if (CfnResource.isCfnResource(target)) {
      const replacing = REPLACING_PROPERTIES[target.cfnResourceType];
      if (replacing) {
        // Before it is rendered, since it may refer to itself.
        this.found.set(id, null);
        const properties = Object.entries(this.render(target)).filter(([name]) => replacing.includes(name));
        this.found.set(id, sorted(Object.fromEntries(properties)));
      }
    }
  }

  /** What the parent of a nested stack passes to one of its parameters. */
  private passedTo(parameter: CfnParameter): Json {
    const { nestedStackResource, nestedStackParent } = Stack.of(parameter);
    if (!(nestedStackResource instanceof CfnStack) || !nestedStackParent) {
      return null;
    }
    const parameters = this.resolve(nestedStackParent, nestedStackResource.parameters) as Properties | undefined;
    return parameters?.[parameter.node.id] ?? null;
  }

  /** `addPropertyOverride` can name resources by their logical ids, without a reference. */
  private followOverrides(stack: Stack, value: Json): void {
    if (value === null || typeof value !== 'object') {
      return;
    }
    const logicalId = Array.isArray(value) ? undefined : referenceOf(value);
    const element = logicalId === undefined ? undefined : elementOf(stack, logicalId);
    if (element) {
      this.follow({ target: element, displayName: 'Ref' } as unknown as Reference);
    }
    for (const part of Object.values(value)) {
      this.followOverrides(stack, part);
    }
  }
}

type FragmentConcat = ConstructorParameters<typeof DefaultTokenResolver>[0];

/** Gives references to a callback. */
class ReferenceResolver extends DefaultTokenResolver {
  constructor(private readonly onReference: (reference: Reference) => Json) {
    super(new TextConcat());
  }

  public override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: Parameters<DefaultTokenResolver['resolveToken']>[2],
  ): unknown {
    return Reference.isReference(token) ? this.onReference(token) : super.resolveToken(token, context, postProcessor);
  }
}

/** Properties that are texts must stay texts, or the resource would not render. */
class TextConcat implements FragmentConcat {
  // biome-ignore lint/suspicious/noExplicitAny: the signature of the interface
  public join(left: any, right: any): any {
    return [left, right]
      .filter((part) => part !== undefined)
      .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
      .join('');
  }
}

function elementOf(stack: Stack, logicalId: string): CfnElement | undefined {
  return stack.node
    .findAll()
    .filter((node): node is CfnElement => CfnElement.isCfnElement(node) && node.stack === stack)
    .find((element) => stack.resolve(element.logicalId) === logicalId);
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
