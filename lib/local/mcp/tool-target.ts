import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { toolSessionPrefix } from '../../contract/code-tools';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { Interpreter } from '../../runtime/session/interpreter';
import { ObjectStore } from '../../runtime/staging/object-store';
import { InterpreterBackend } from '../../runtime/tools/interpreter-backend';
import type { ToolBackend } from '../../runtime/tools/tool-backend';
import { startEmulator } from '../emulator';
import { deployedTarget } from '../exec/exec-target';
import { NOBODY } from '../runner/local-account';
import { startLocalS3 } from '../runner/local-s3';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { FunctionBackend } from './function-backend';
import type { McpOptions } from './mcp-options';

const LOCAL_BUCKET = 'local-staging';
const TOOL_NAME = 'mcp';
const PREFIX = 'tools/mcp/';
/** Hosts start servers in any folder, so that the Python environment is in one of the user's. */
const PYTHON_FOLDER = join(homedir(), '.agentcore', 'python');

/** What runs the tools of the server, wherever it is. */
export interface ToolTarget {
  readonly backend: ToolBackend;
  /** The content of an object that an answer referred to. */
  open(bucket: string, key: string): Promise<Readable>;
  close(): Promise<void>;
}

export type TargetOptions = Pick<
  McpOptions,
  'interpreter' | 'bucket' | 'function' | 'region' | 'sessionTimeout' | 'isolation' | 'python'
>;

/** Throws for options that contradict each other, before anything is started. */
export function checkTargetOptions({ interpreter, bucket }: TargetOptions): void {
  if ((interpreter === undefined) !== (bucket === undefined)) {
    throw new Error(
      interpreter === undefined
        ? '--bucket goes with --interpreter, the code interpreter whose files go there'
        : '--interpreter needs --bucket, the bucket for files and output that are too large for an answer',
    );
  }
}

/** Opens what the options name: an invoker, an interpreter, or an emulator on this machine. */
export async function openToolTarget(options: TargetOptions): Promise<ToolTarget> {
  if (options.region !== undefined) {
    process.env.AWS_REGION = options.region;
  }
  if (options.function !== undefined) {
    const invoker = deployedTarget(options.function, undefined);
    return {
      backend: new FunctionBackend(invoker, options.sessionTimeout),
      open: (bucket, key) => invoker.download(bucket, key),
      close: () => invoker.close(),
    };
  }
  return options.interpreter !== undefined && options.bucket !== undefined
    ? interpreterTarget(options.interpreter, options.bucket, options.sessionTimeout, async () => {})
    : emulatorTarget(options);
}

function interpreterTarget(
  identifier: string,
  bucket: string,
  sessionTimeoutSeconds: number,
  close: () => Promise<void>,
): ToolTarget {
  const store = new ObjectStore(bucket);
  const backend = new InterpreterBackend({
    interpreter: new Interpreter(identifier),
    store,
    prefix: PREFIX,
    sessionTimeoutSeconds,
    sessionPrefix: toolSessionPrefix(TOOL_NAME),
  });
  return { backend, open: (from, key) => store.in(from).open(key), close };
}

/** The SDK's own variables point the clients of this process at the emulator, and nothing at an account. */
async function emulatorTarget({ isolation, python, sessionTimeout }: TargetOptions): Promise<ToolTarget> {
  const s3 = await startLocalS3();
  try {
    await s3.client.send(new CreateBucketCommand({ Bucket: LOCAL_BUCKET }));
    const emulator = await startEmulator({
      s3Endpoint: s3.endpoint,
      python: python ?? (await findPython()),
      isolation,
    });
    if (emulator.isolation.mode === 'none') {
      process.stderr.write(`WARNING: code is NOT sandboxed: ${emulator.isolation.reason}\n`);
    }
    Object.assign(process.env, {
      AWS_REGION: NOBODY.region,
      AWS_ACCESS_KEY_ID: NOBODY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: NOBODY.secretAccessKey,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: emulator.endpoint,
    });
    return interpreterTarget(MANAGED_INTERPRETER_ID, LOCAL_BUCKET, sessionTimeout, async () => {
      await emulator.stop();
      await s3.stop();
    });
  } catch (error) {
    await s3.stop();
    throw error;
  }
}

/** Without Python, the other languages still work. */
async function findPython(): Promise<string | undefined> {
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const environment = await ensurePythonEnvironment({ folder: PYTHON_FOLDER, onProgress });
  if ('reason' in environment) {
    onProgress(`No Python: ${environment.reason}`);
    return undefined;
  }
  return environment.python;
}
