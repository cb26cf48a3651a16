import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LOCAL_ACCOUNT } from './local-account';

/** A template as `cdk synth` wrote it. */
export interface Template {
  readonly Parameters?: Record<string, { Type?: string; Default?: unknown }>;
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
  readonly Conditions?: Record<string, unknown>;
  readonly Mappings?: Record<string, unknown>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly Metadata?: Record<string, unknown>;
}

/** A file or folder that a deployment would upload. */
export interface FileAsset {
  readonly path: string;
  readonly packaging: 'file' | 'zip';
  readonly bucket: string;
  readonly key: string;
}

/** One stack of a cloud assembly. */
export interface AssemblyStack {
  readonly name: string;
  readonly template: Template;
  readonly assets: FileAsset[];
}

interface Manifest {
  readonly artifacts?: Record<string, { type: string; displayName?: string; properties?: Record<string, unknown> }>;
}

interface AssetManifest {
  readonly files?: Record<
    string,
    { source: { path: string; packaging: 'file' | 'zip' }; destinations: Record<string, Destination> }
  >;
}

interface Destination {
  readonly bucketName: string;
  readonly objectKey: string;
}

/**
 * Reads the stacks of a cloud assembly, those of its stages too.
 *
 * Fails if the folder is no cloud assembly.
 */
export function readAssembly(folder: string): AssemblyStack[] {
  const manifest = readManifest(folder);
  const artifacts = Object.entries(manifest.artifacts ?? {});
  const nested = artifacts.filter(([, artifact]) => artifact.type === 'cdk:cloud-assembly');
  return [
    ...artifacts
      .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
      .map(([id, artifact]) => ({
        name: artifact.displayName ?? id,
        template: readJson<Template>(join(folder, String(artifact.properties?.templateFile))),
        assets: readAssets(folder, `${id}.assets.json`),
      })),
    ...nested.flatMap(([, artifact]) => readAssembly(join(folder, String(artifact.properties?.directoryName)))),
  ];
}

function readManifest(folder: string): Manifest {
  try {
    return readJson<Manifest>(join(folder, 'manifest.json'));
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no manifest.json in it' : String(cause);
    throw new Error(`"${folder}" is not a cloud assembly: ${reason}. Make one with: npx cdk synth --output ${folder}`);
  }
}

function readAssets(folder: string, file: string): FileAsset[] {
  const { files = {} } = readJson<AssetManifest>(join(folder, file));
  return Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ bucketName, objectKey }) => ({
      path: resolve(folder, source.path),
      packaging: source.packaging,
      bucket: inLocalAccount(bucketName),
      key: objectKey,
    })),
  );
}

function inLocalAccount(text: string): string {
  return text
    .replaceAll(/\$\{AWS::AccountId\}/g, LOCAL_ACCOUNT.accountId)
    .replaceAll(/\$\{AWS::Region\}/g, LOCAL_ACCOUNT.region)
    .replaceAll(/\$\{AWS::Partition\}/g, LOCAL_ACCOUNT.partition);
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
