import type { BatchSettings } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import type { InterpreterDefinition } from '../emulator';
import { type AssemblyStack, type FileAsset, readAssembly, type TemplateResource } from './assembly';
import { Intrinsics } from './intrinsics';
import type { LambdaDefinition } from './local-lambda';
import type { Definition } from './states/definition';

/** A batch of a cloud assembly, as far as running it takes. */
export interface BatchDeployment {
  readonly settings: BatchSettings;
  readonly stack: string;
  /** The bucket of inputs and results. */
  readonly bucket: string;
  readonly stateMachine: { readonly name: string; readonly definition: Definition };
  /** By ARN: all Lambdas of the assembly. */
  readonly lambdas: Map<string, LambdaDefinition>;
  readonly buckets: string[];
  readonly interpreters: InterpreterDefinition[];
  /** Files that a deployment would upload, other than Lambda code and templates. */
  readonly assets: FileAsset[];
}

interface Found {
  readonly stack: AssemblyStack;
  readonly id: string;
  readonly resource: TemplateResource;
  /** With all intrinsic functions evaluated. */
  readonly properties: Record<string, unknown>;
}

/**
 * Finds a batch in a cloud assembly: by name, or the only one there is.
 *
 * Fails if there is no such batch, and lists those that there are.
 */
export function readDeployment(assemblyFolder: string, batchName?: string): BatchDeployment {
  const stacks = readAssembly(assemblyFolder);
  const intrinsics = new Intrinsics(stacks);
  const resources = (type: string) => ofType(stacks, intrinsics, type);
  const lambdas = new Map(resources('AWS::Lambda::Function').flatMap((found) => lambdaOf(found, intrinsics)));
  const { planner, settings, bucket } = choose(assemblyFolder, batchesOf(lambdas), batchName);
  const machines = resources('AWS::StepFunctions::StateMachine');
  const machine = machines.find(({ properties }) => String(properties.DefinitionString).includes(`"${planner}"`));
  if (!machine) {
    throw new Error(
      `no state machine in "${assemblyFolder}" calls the planner of batch "${settings.name}", ${planner}`,
    );
  }
  return {
    settings,
    stack: machine.stack.name,
    bucket,
    stateMachine: {
      name: machine.id,
      definition: JSON.parse(String(machine.properties.DefinitionString)) as Definition,
    },
    lambdas,
    buckets: resources('AWS::S3::Bucket').map((found) => String(intrinsics.resolve(found.stack, { Ref: found.id }))),
    interpreters: resources('AWS::BedrockAgentCore::CodeInterpreterCustom').map(interpreterOf),
    assets: stacks.flatMap((stack) => stack.assets).filter((asset) => isRead(asset, lambdas)),
  };
}

function ofType(stacks: AssemblyStack[], intrinsics: Intrinsics, type: string): Found[] {
  return stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => ({
        stack,
        id,
        resource,
        properties: intrinsics.resolve(stack, resource.Properties ?? {}) as Record<string, unknown>,
      })),
  );
}

interface LambdaProperties {
  readonly Code?: { readonly S3Key?: string };
  readonly Handler?: string;
  readonly Timeout?: number;
  readonly MemorySize?: number;
  readonly Environment?: { readonly Variables?: Record<string, string> };
}

/** A Lambda whose code is a folder of the assembly; inline code, as CDK's own custom resources have, is left out. */
function lambdaOf({ stack, id, properties }: Found, intrinsics: Intrinsics): [string, LambdaDefinition][] {
  const { Code, Handler, Timeout, MemorySize, Environment } = properties as LambdaProperties;
  const asset = stack.assets.find(({ key, packaging }) => packaging === 'zip' && key === Code?.S3Key);
  if (!asset || !Handler) {
    return [];
  }
  const arn = String(intrinsics.resolve(stack, { 'Fn::GetAtt': [id, 'Arn'] }));
  return [
    [
      arn,
      {
        name: id,
        code: asset.path,
        handler: Handler,
        timeoutSeconds: Timeout ?? 3,
        memoryMegabytes: MemorySize ?? 128,
        environment: Environment?.Variables ?? {},
      },
    ],
  ];
}

interface Batch {
  /** The ARN of the Lambda behind Plan. */
  readonly planner: string;
  readonly settings: BatchSettings;
  readonly bucket: string;
}

/** A batch is known by its planner: the Lambda that has its settings, but no interpreter. */
function batchesOf(lambdas: Map<string, LambdaDefinition>): Batch[] {
  return [...lambdas].flatMap(([planner, { environment }]) => {
    const settings = environment[EnvironmentName.batch];
    const bucket = environment[EnvironmentName.stagingBucket];
    return settings && bucket && !environment[EnvironmentName.interpreterId]
      ? [{ planner, settings: JSON.parse(settings) as BatchSettings, bucket }]
      : [];
  });
}

function choose(assembly: string, batches: Batch[], name: string | undefined): Batch {
  const names = batches.map(({ settings }) => settings.name).join(', ');
  const fitting = batches.filter(({ settings }) => name === undefined || settings.name === name);
  const [batch] = fitting;
  if (!batch) {
    const there = names ? `it has: ${names}` : 'it has none';
    throw new Error(`there is no ${name ? `batch "${name}"` : 'batch'} in "${assembly}"; ${there}`);
  }
  if (fitting.length > 1) {
    throw new Error(`"${assembly}" has several batches; name one of: ${names}`);
  }
  return batch;
}

function interpreterOf({ id, properties }: Found): InterpreterDefinition {
  const network = properties.NetworkConfiguration as { NetworkMode: InterpreterDefinition['networkMode'] };
  return { id, networkMode: network.NetworkMode };
}

/** Whether Lambdas read it at run time: any file but a template, and the folders of set-ups. */
function isRead({ path, packaging, key }: FileAsset, lambdas: Map<string, LambdaDefinition>): boolean {
  return packaging === 'file'
    ? !path.endsWith('.template.json')
    : [...lambdas.values()].some(({ environment }) => environment[EnvironmentName.setupKey] === key);
}
