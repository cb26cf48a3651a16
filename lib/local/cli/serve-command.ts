import type { Command } from 'commander';
import { serve } from '../emulator';
import type { Lifetime } from '../lifetime';
import { randomSecret } from '../listener/access-key';
import { TokenFile, tokenOfEnvironment } from '../listener/token-file';
import { PYTHON_FOLDER } from '../local-folder';
import { startLocalS3 } from '../runner/local-s3';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { standardError } from '../terminal';
import { interruptible } from './interruptible';
import { collect, isolationOption, parseWholeNumber, pythonOption } from './shared-options';

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
  readonly serviceLimits: boolean;
  readonly log: boolean;
}

export function addServeCommand(root: Command): void {
  root
    .command('serve')
    .description('serves the emulator of the code interpreter service, for any AWS SDK or agent framework')
    .option('--port <number>', 'the port to listen on; 0 takes a free one', parseWholeNumber, 8787)
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option(
      '--host-name <name>',
      'a name of this machine that clients use, such as host.docker.internal; may be repeated',
      collect,
      [],
    )
    .option(
      '--no-token',
      'asks clients for no token: every user of this machine can then run code as you (default: a random token, or AGENTCORE_LOCAL_TOKEN)',
    )
    .addOption(isolationOption())
    .addOption(pythonOption())
    .option('--s3 <url>', 'the S3 that sandboxed sessions may reach (default: one in memory)')
    .option('--pool <number>', 'how many sessions are kept ready', parseWholeNumber, 1)
    .option('--service-limits', 'quotas and latencies like those of the service', false)
    .option('--log', 'prints every request as a line of JSON', false)
    .action(interruptible(serveCommand));
}

/** Serves the emulator, with an S3 beside it unless one is named, until it is stopped. */
async function serveCommand(lifetime: Lifetime, options: ServeCommandOptions): Promise<void> {
  const token = options.token ? (tokenOfEnvironment() ?? randomSecret()) : undefined;
  const python = options.python ?? (await findPython(lifetime.signal));
  const s3 =
    options.s3 === undefined
      ? await lifetime.start(
          () => startLocalS3({ token, isOpen: token === undefined }),
          (started) => started.stop(),
        )
      : undefined;
  await serve({
    signal: lifetime.signal,
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
    ...(options.serviceLimits ? { quotas: 'service', latencies: 'service' } : {}),
    onStart: ({ endpoint }) => {
      if (token === undefined) {
        return undefined;
      }
      const file = TokenFile.write(endpoint, token);
      lifetime.own(() => file.remove());
      return file.path;
    },
  });
}

/** Without Python, the other languages still work: the greeting says so. */
async function findPython(signal: AbortSignal): Promise<string | undefined> {
  const environment = await ensurePythonEnvironment({
    folder: PYTHON_FOLDER,
    signal,
    onProgress: (line) => standardError.lines(line),
  });
  if ('reason' in environment) {
    standardError.text(`No Python: ${environment.reason}`);
    return undefined;
  }
  return environment.python;
}
