import { homedir } from 'node:os';
import { join } from 'node:path';
import type { IsolationRequest } from '../sandbox/isolation';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { standardError } from '../terminal';
import { type LocalServices, startLocalServices } from './local-services';

/** The staging bucket of commands that have none of a stack's. */
export const LOCAL_BUCKET = 'local-staging';
/** Such commands are started in any folder, so that the Python environment is in one of the user's. */
const PYTHON_FOLDER = join(homedir(), '.agentcore', 'python');

export interface UserServicesOptions {
  readonly isolation?: IsolationRequest;
  /** Default: found, or made once. */
  readonly python?: string;
}

/** The stand-ins for AWS, with a bucket, and with whatever Python there is. */
export async function startUserServices({ isolation, python }: UserServicesOptions): Promise<LocalServices> {
  const services = await startLocalServices({ python: python ?? (await findPython()), isolation });
  try {
    const { isolation: found } = services.emulator;
    if (found.mode === 'none') {
      standardError.lines(`WARNING: code is NOT sandboxed: ${found.reason}`);
    }
    services.s3.storage.table.addBucket(LOCAL_BUCKET);
    return services;
  } catch (error) {
    await services.stop();
    throw error;
  }
}

/** What the AWS SDK would take instead of the keys of the stand-ins, or add to them. */
const USERS_OWN = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL'];

/** Points the AWS clients of this process at the stand-ins, and nothing at an account. */
export function useServicesHere({ environment }: LocalServices): void {
  for (const name of USERS_OWN) {
    delete process.env[name];
  }
  Object.assign(process.env, environment);
}

/** The environment of a child process whose AWS clients find the stand-ins, and of the user's settings Bedrock's address. */
export function environmentWithServices({ environment }: LocalServices): Record<string, string | undefined> {
  const others = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('AWS_') || name === 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME' || name === 'AWS_CA_BUNDLE',
  );
  return { ...Object.fromEntries(others), ...environment };
}

/** Without Python, the other languages still work. */
async function findPython(): Promise<string | undefined> {
  const onProgress = (line: string) => standardError.lines(line);
  const environment = await ensurePythonEnvironment({ folder: PYTHON_FOLDER, onProgress });
  if ('reason' in environment) {
    onProgress(`No Python: ${environment.reason}`);
    return undefined;
  }
  return environment.python;
}
