import type { BatchSettings } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import type { LambdaRole } from '../../contract/lambda-role';
import { NETWORK_MODES } from '../../contract/service';
import type { InterpreterDefinition } from '../emulator';
import { type AssemblyStack, type FileAsset, readAssembly, type TemplateResource } from './assembly';
import { Intrinsics } from './intrinsics';
import { roleOf } from './lambda-roles';
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
  const found = resources('AWS::Lambda::Function').flatMap((each) => lambdaOf(each, intrinsics));
  const lambdas = new Map(found.map(({ arn, definition }) => [arn, definition]));
  const { planner, settings, bucket } = choose(assemblyFolder, batchesOf(found), batchName);
  const assets = stacks.flatMap((stack) => stack.assets);
  const machines = resources('AWS::StepFunctions::StateMachine');
  const machine = machines.find(({ properties }) => String(properties.DefinitionString).includes(`"${planner}"`));
  if (!machine) {
    throw new Error(
      `no state machine in "${assemblyFolder}" calls the planner of batch "${settings.name}", ${planner}`,
    );
  }
  const definition = String(machine.properties.DefinitionString);
  const ofBatch = found.filter(({ arn }) => definition.includes(`"${arn}"`));
  return {
    settings,
    stack: machine.stack.name,
    bucket,
    stateMachine: { name: machine.id, definition: JSON.parse(definition) as Definition },
    planner,
    ...workerOf(ofBatch, assets),
    lambdas,
    buckets: resources('AWS::S3::Bucket').map(({ stack, id }) => String(intrinsics.resolve(stack, { Ref: id }))),
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

interface DeployedLambda {
  readonly arn: string;
  readonly definition: LambdaDefinition;
  /** Missing for Lambdas that are not of the constructs. */
  readonly role?: LambdaRole;
}

/** A Lambda whose code is a folder of the assembly; inline code, as CDK's own custom resources have, is left out. */
function lambdaOf({ stack, id, properties, resource }: Found, intrinsics: Intrinsics): DeployedLambda[] {
  const { Code, Handler, Timeout, MemorySize, Architectures, Environment } = properties as LambdaProperties;
  const asset = stack.assets.find(({ key, packaging }) => packaging === 'zip' && key === Code?.S3Key);
  if (!asset || !Handler) {
    return [];
  }
  const arn = String(intrinsics.resolve(stack, { 'Fn::GetAtt': [id, 'Arn'] }));
  return [
    {
      arn,
      definition: {
        name: id,
        code: asset.path,
        handler: Handler,
        timeoutSeconds: Timeout ?? 3,
        memoryMegabytes: MemorySize ?? 128,
        architecture: Architectures?.[0] ?? 'x86_64',
        environment: Environment?.Variables ?? {},
      },
      role: roleOf(id, resource),
    },
  ];
}

interface Batch {
  /** The ARN of the Lambda behind Plan. */
  readonly planner: string;
  readonly settings: BatchSettings;
  readonly bucket: string;
}

/** Each batch has one planner, which has its settings. */
function batchesOf(lambdas: DeployedLambda[]): Batch[] {
  return inRole(lambdas, 'planner').map(({ arn, definition: { environment } }) => ({
    planner: arn,
    settings: JSON.parse(String(environment[EnvironmentName.batch])) as BatchSettings,
    bucket: String(environment[EnvironmentName.stagingBucket]),
  }));
}

function inRole(lambdas: DeployedLambda[], wanted: LambdaRole): DeployedLambda[] {
  return lambdas.filter(({ role }) => role === wanted);
}

function choose(assembly: string, batches: Batch[], name: string | undefined): Batch {
  const names = batches.map(({ settings }) => settings.name).join(', ');
  const fitting = batches.filter(({ settings }) => name === undefined || settings.name === name);
  const [batch] = fitting;
  if (!batch) {
    throw new Error(names ? `no batch "${name}" in "${assembly}"; it has: ${names}` : `no batch in "${assembly}"`);
  }
  if (fitting.length > 1) {
    throw new Error(`"${assembly}" has several batches; name one of: ${names}`);
  }
  return batch;
}

/** The worker, and the script that it runs. */
function workerOf(lambdas: DeployedLambda[], assets: FileAsset[]) {
  const [worker] = inRole(lambdas, 'worker');
  const { [EnvironmentName.scriptBucket]: bucket, [EnvironmentName.scriptKey]: key } =
    worker?.definition.environment ?? {};
  if (!worker || !bucket || !key) {
    throw new Error('the state machine of the batch calls no worker that has a script');
  }
  const path = assets.find((asset) => asset.bucket === bucket && asset.key === key)?.path;
  return { worker: worker.arn, script: { bucket, key, path } };
}

function interpreterOf({ id, properties }: Found): InterpreterDefinition {
  const { NetworkMode: mode } = properties.NetworkConfiguration as { readonly NetworkMode?: unknown };
  const networkMode = NETWORK_MODES.find((known) => known === mode);
  if (networkMode === undefined) {
    throw new Error(`interpreter "${id}" has the network mode ${mode}; supported are ${NETWORK_MODES.join(', ')}`);
  }
  return { id, networkMode };
}

/** Whether Lambdas read it at run time: any file but a template, and the folders of setups. */
function isRead({ path, packaging, key }: FileAsset, lambdas: Map<string, LambdaDefinition>): boolean {
  return packaging === 'file'
    ? !path.endsWith('.template.json')
    : [...lambdas.values()].some(({ environment }) => environment[EnvironmentName.setupKey] === key);
}
