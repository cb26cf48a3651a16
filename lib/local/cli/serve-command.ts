import { join } from 'node:path';
import { serve } from '../emulator';
import type { Lifetime } from '../lifetime';
import { LOCAL_FOLDER } from '../local-folder';
import { startLocalS3 } from '../runner/local-s3';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { standardError } from '../terminal';

/** What the options of `agentcore-local serve` are parsed into. */
export interface ServeCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly isolation: 'auto' | 'require' | 'off';
  readonly python?: string;
  readonly s3?: string;
  readonly pool: number;
  readonly likeTheService: boolean;
  readonly log: boolean;
}

/** Serves the emulator, with an S3 beside it unless one is named, until it is told to end. */
export async function serveCommand(lifetime: Lifetime, options: ServeCommandOptions): Promise<void> {
  const python = options.python ?? (await findPython(lifetime.signal));
  const s3 = options.s3 === undefined ? await lifetime.start(startLocalS3, (started) => started.stop()) : undefined;
  await serve({
    signal: lifetime.signal,
    port: options.port,
    host: options.host,
    token: options.token,
    isolation: options.isolation,
    python,
    s3Endpoint: options.s3 ?? s3?.endpoint,
    poolSize: options.pool,
    logEvents: options.log,
    ...(options.likeTheService ? { quotas: 'service', latencies: 'service' } : {}),
  });
}

/** Without Python, the other languages still work: the greeting says so. */
async function findPython(signal: AbortSignal): Promise<string | undefined> {
  const environment = await ensurePythonEnvironment({
    folder: join(LOCAL_FOLDER, 'python'),
    signal,
    onProgress: (line) => standardError.lines(line),
  });
  if ('reason' in environment) {
    standardError.text(`No Python: ${environment.reason}`);
    return undefined;
  }
  return environment.python;
}
