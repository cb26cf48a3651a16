import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { toolSessionPrefix } from '../../contract/code-tools';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { Interpreter } from '../../runtime/session/interpreter';
import { ObjectStore } from '../../runtime/staging/object-store';
import { InterpreterBackend } from '../../runtime/tools/interpreter-backend';
import type { ToolBackend } from '../../runtime/tools/tool-backend';
import { deployedTarget } from '../exec/exec-target';
import { startLocalServices } from '../runner/local-services';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { standardError } from '../terminal';
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
  return { backend, open: (from, key) => store.forBucket(from).open(key), close };
}

/** The SDK's own variables point the clients of this process at the emulator, and nothing at an account. */
async function emulatorTarget({ isolation, python, sessionTimeout }: TargetOptions): Promise<ToolTarget> {
  const services = await startLocalServices({ python: python ?? (await findPython()), isolation });
  try {
    const { isolation: found } = services.emulator;
    if (found.mode === 'none') {
      standardError.lines(`WARNING: code is NOT sandboxed: ${found.reason}`);
    }
    services.s3.storage.table.addBucket(LOCAL_BUCKET);
    Object.assign(process.env, services.environment);
    return interpreterTarget(MANAGED_INTERPRETER_ID, LOCAL_BUCKET, sessionTimeout, () => services.stop());
  } catch (error) {
    await services.stop();
    throw error;
  }
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
