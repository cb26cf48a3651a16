import { join } from 'node:path';
import { serve } from '../emulator';
import { randomSecret } from '../listener/access-key';
import { TokenFile, tokenOfEnvironment } from '../listener/token-file';
import { LOCAL_FOLDER } from '../local-folder';
import { startLocalS3 } from '../runner/local-s3';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { standardError } from '../terminal';

/** What the options of `agentcore-local serve` are parsed into. */
export interface ServeCommandOptions {
  readonly port: number;
  readonly host: string;
  readonly hostName: readonly string[];
  /** Whether clients must show a token. */
  readonly token: boolean;
  readonly isolation: 'auto' | 'require' | 'off';
  readonly python?: string;
  readonly s3?: string;
  readonly pool: number;
  readonly likeTheService: boolean;
  readonly log: boolean;
}

/** Serves the emulator, with an S3 beside it unless one is named, until it is told to end. */
export async function serveCommand(options: ServeCommandOptions): Promise<void> {
  const token = options.token ? (tokenOfEnvironment() ?? randomSecret()) : undefined;
  const python = options.python ?? (await findPython());
  const s3 = options.s3 === undefined ? await startLocalS3({ token, isOpen: token === undefined }) : undefined;
  let file: TokenFile | undefined;
  try {
    await serve({
      port: options.port,
      host: options.host,
      hostNames: options.hostName,
      token: token ?? false,
      isolation: options.isolation,
      python,
      s3Endpoint: options.s3 ?? s3?.endpoint,
      s3AccessKey: s3?.sessionKey,
      poolSize: options.pool,
      logEvents: options.log,
      ...(options.likeTheService ? { quotas: 'service', latencies: 'service' } : {}),
      onStart: ({ endpoint }) => {
        file = token === undefined ? undefined : TokenFile.write(endpoint, token);
        return file?.path;
      },
    });
  } finally {
    file?.remove();
    await s3?.stop();
  }
}

/** Without Python, the other languages still work: the greeting says so. */
async function findPython(): Promise<string | undefined> {
  const environment = await ensurePythonEnvironment({
    folder: join(LOCAL_FOLDER, 'python'),
    onProgress: (line) => standardError.lines(line),
  });
  if ('reason' in environment) {
    standardError.text(`No Python: ${environment.reason}`);
    return undefined;
  }
  return environment.python;
}
