import type { AssemblyStack, TemplateResource } from './assembly';
import { LOCAL_ACCOUNT } from './local-account';

const { accountId, partition, region } = LOCAL_ACCOUNT;

/** Which service and resource an ARN of a type names; other types get a plain one. */
const ARN_FORMS: Record<string, (name: string) => string> = {
  'AWS::S3::Bucket': (name) => `arn:${partition}:s3:::${name}`,
  'AWS::Lambda::Function': (name) => `arn:${partition}:lambda:${region}:${accountId}:function:${name}`,
  'AWS::IAM::Role': (name) => `arn:${partition}:iam::${accountId}:role/${name}`,
  'AWS::StepFunctions::StateMachine': (name) => `arn:${partition}:states:${region}:${accountId}:stateMachine:${name}`,
  'AWS::BedrockAgentCore::CodeInterpreterCustom': (name) =>
    `arn:${partition}:bedrock-agentcore:${region}:${accountId}:code-interpreter-custom/${name}`,
};

/**
 * Gives the values that CloudFormation's intrinsic functions would have in a deployment into the local account. A
 * resource's physical name is its logical id, in lower case where S3 wants that.
 */
export class Intrinsics {
  private readonly exports = new Map<string, () => unknown>();
  private readonly ssmParameters = new Map<string, () => unknown>();

  constructor(stacks: readonly AssemblyStack[]) {
    for (const stack of stacks) {
      for (const { Type, Properties } of Object.values(stack.template.Resources)) {
        if (Type === 'AWS::SSM::Parameter' && Properties) {
          this.ssmParameters.set(String(this.resolve(stack, Properties.Name)), () =>
            this.resolve(stack, Properties.Value),
          );
        }
      }
      for (const { Value, Export } of Object.values(stack.template.Outputs ?? {})) {
        if (Export) {
          this.exports.set(String(this.resolve(stack, Export.Name)), () => this.resolve(stack, Value));
        }
      }
    }
  }

  /** A value of a stack's template with all functions in it evaluated. */
  resolve(stack: AssemblyStack, value: unknown): unknown {
    if (Array.isArray(value)) {
      return value.map((each) => this.resolve(stack, each)).filter((each) => each !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const entries = Object.entries(value);
    const [first] = entries;
    if (first && entries.length === 1 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
      return this.evaluate(stack, first[0], first[1]);
    }
    const resolved = entries.map(([name, each]) => [name, this.resolve(stack, each)] as const);
    return Object.fromEntries(resolved.filter(([, each]) => each !== NO_VALUE));
  }

  private evaluate(stack: AssemblyStack, name: string, argument: unknown): unknown {
    if (name === 'Ref') {
      return this.ref(stack, String(argument));
    }
    if (name === 'Fn::Sub') {
      return this.sub(stack, argument);
    }
    const evaluated = this.resolve(stack, argument);
    switch (name) {
      case 'Fn::GetAtt':
        return this.getAtt(stack, evaluated as [string, string]);
      case 'Fn::Join': {
        const [separator, parts] = evaluated as [string, unknown[]];
        return parts.join(separator);
      }
      case 'Fn::Select': {
        const [index, values] = evaluated as [number | string, unknown[]];
        return values[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = evaluated as [string, string];
        return text.split(separator);
      }
      case 'Fn::GetAZs':
        return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
      case 'Fn::ImportValue':
        return this.exports.get(String(evaluated))?.();
      default:
        throw new Error(`stack ${stack.name}: the local runner does not know ${name} (${JSON.stringify(argument)})`);
    }
  }

  private ref(stack: AssemblyStack, id: string): unknown {
    if (id in PSEUDO_PARAMETERS) {
      return PSEUDO_PARAMETERS[id];
    }
    const resource = stack.template.Resources[id];
    if (resource) {
      return physicalName(id, resource);
    }
    if (id === 'AWS::StackName') {
      return stack.name;
    }
    const { Type = '', Default = id } = stack.template.Parameters?.[id] ?? {};
    return Type.startsWith('AWS::SSM::Parameter::Value<') ? (this.ssmParameter(String(Default)) ?? Default) : Default;
  }

  /** What a stack of the assembly stores in Systems Manager under a name; undefined if none does. */
  private ssmParameter(name: string): unknown {
    return this.ssmParameters.get(name)?.();
  }

  private getAtt(stack: AssemblyStack, [id, attribute]: [string, string]): unknown {
    const resource = stack.template.Resources[id];
    if (!resource) {
      throw new Error(`stack ${stack.name}: Fn::GetAtt names the resource ${id}, which is not in the template`);
    }
    const name = physicalName(id, resource);
    if (attribute === 'Arn' || attribute.endsWith('Arn')) {
      return ARN_FORMS[resource.Type]?.(name) ?? `arn:${partition}:local:${region}:${accountId}:${name}`;
    }
    return attribute.endsWith('Id') || attribute.endsWith('Name') ? name : `${name}.${attribute}`;
  }

  private sub(stack: AssemblyStack, argument: unknown): string {
    const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
      string,
      Record<string, unknown>,
    ];
    return text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      if (name in variables) {
        return String(this.resolve(stack, variables[name]));
      }
      const [id, ...attribute] = name.split('.');
      return String(attribute.length > 0 ? this.getAtt(stack, [id ?? '', attribute.join('.')]) : this.ref(stack, name));
    });
  }
}

const NO_VALUE = Symbol('AWS::NoValue');

const PSEUDO_PARAMETERS: Record<string, unknown> = {
  'AWS::AccountId': accountId,
  'AWS::NoValue': NO_VALUE,
  'AWS::Partition': partition,
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};

function physicalName(id: string, resource: TemplateResource): string {
  return resource.Type === 'AWS::S3::Bucket' ? id.toLowerCase() : id;
}
