import type { Readable } from 'node:stream';
import { toolSessionPrefix } from '../../contract/code-tools';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { Interpreter } from '../../runtime/session/interpreter';
import { ObjectStore } from '../../runtime/staging/object-store';
import { InterpreterBackend } from '../../runtime/tools/interpreter-backend';
import type { ToolBackend } from '../../runtime/tools/tool-backend';
import { deployedTarget } from '../exec/exec-target';
import { LOCAL_BUCKET, startUserServices, useServicesHere } from '../runner/user-services';
import { FunctionBackend } from './function-backend';
import type { McpOptions } from './mcp-options';

const TOOL_NAME = 'mcp';
const PREFIX = 'tools/mcp/';

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

async function emulatorTarget({ isolation, python, sessionTimeout }: TargetOptions): Promise<ToolTarget> {
  const services = await startUserServices({ isolation, python });
  useServicesHere(services);
  return interpreterTarget(MANAGED_INTERPRETER_ID, LOCAL_BUCKET, sessionTimeout, () => services.stop());
}
