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
  /** The ARN of the Lambda behind Plan. */
  readonly planner: string;
  /** The ARN of the Lambda that works through items. */
  readonly worker: string;
  /** Where it finds the script. */
  readonly script: ScriptAsset;
  /** By ARN: all Lambdas of the assembly. */
  readonly lambdas: Map<string, LambdaDefinition>;
  readonly buckets: string[];
  readonly interpreters: InterpreterDefinition[];
  /** What a deployment would upload and Lambdas read at run time: files, and folders as ZIP archives. */
  readonly assets: FileAsset[];
}

/** The script of a batch, as the assembly has it. */
export interface ScriptAsset {
  readonly bucket: string;
  readonly key: string;
  /** The copy in the assembly; missing if the assembly does not hold it. */
  readonly path?: string;
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
  const assets = stacks.flatMap((stack) => stack.assets);
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
    planner,
    ...workerOf(lambdas, String(machine.properties.DefinitionString), assets),
    lambdas,
    buckets: resources('AWS::S3::Bucket').map((found) => String(intrinsics.resolve(found.stack, { Ref: found.id }))),
    interpreters: resources('AWS::BedrockAgentCore::CodeInterpreterCustom').map(interpreterOf),
    assets: assets.filter((asset) => isRead(asset, lambdas)),
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
  readonly Architectures?: ('arm64' | 'x86_64')[];
  readonly Environment?: { readonly Variables?: Record<string, string> };
}

/** A Lambda whose code is a folder of the assembly; inline code, as CDK's own custom resources have, is left out. */
function lambdaOf({ stack, id, properties }: Found, intrinsics: Intrinsics): [string, LambdaDefinition][] {
  const { Code, Handler, Timeout, MemorySize, Architectures, Environment } = properties as LambdaProperties;
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
        architecture: Architectures?.[0] ?? 'x86_64',
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

/** The worker: the Lambda of the batch's state machine that is told where the script is. */
function workerOf(lambdas: Map<string, LambdaDefinition>, definition: string, assets: FileAsset[]) {
  for (const [worker, { environment }] of lambdas) {
    const { [EnvironmentName.scriptBucket]: bucket, [EnvironmentName.scriptKey]: key } = environment;
    if (bucket && key && definition.includes(`"${worker}"`)) {
      const path = assets.find((asset) => asset.bucket === bucket && asset.key === key)?.path;
      return { worker, script: { bucket, key, path } };
    }
  }
  throw new Error('no Lambda of the state machine is told where the script is');
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
