import { once } from 'node:events';
import { standardOutput } from '../terminal';
import { type Emulator, startEmulator } from './emulator';
import type { EmulatorEvent } from './events';
import type { EmulatorOptions } from './options';

export interface ServeOptions extends EmulatorOptions {
  /** Where to write; default: standard output. */
  readonly print?: (line: string) => void;
  /** Whether to print every event as a line of JSON. */
  readonly logEvents?: boolean;
  /** Called once it listens, before it says where; gives the file that holds the token, if there is one. */
  readonly onStart?: (emulator: Emulator) => string | undefined;
  /** Ends the server; default: SIGINT and SIGTERM do. */
  readonly signal?: AbortSignal;
}

/** Prints the address, how to point clients at it and what the sandbox covers, then serves until it is stopped. */
export async function serve({
  print = (line) => standardOutput.lines(line),
  logEvents = false,
  signal,
  onStart,
  ...options
}: ServeOptions): Promise<void> {
  const emulator = await startEmulator({
    poolSize: 1,
    ...options,
    onEvent: (event: EmulatorEvent) => {
      options.onEvent?.(event);
      if (logEvents) {
        print(JSON.stringify(event));
      }
    },
  });
  try {
    for (const line of greeting(emulator, { ...options, tokenFile: onStart?.(emulator) })) {
      print(line);
    }
    await untilStopped(signal);
    print('Stopping: ending all sessions');
  } finally {
    await emulator.stop();
  }
}

/** What a person needs to know to use it. */
export function greeting(
  { endpoint, isolation, token, credentials }: Emulator,
  options: EmulatorOptions & { readonly tokenFile?: string },
): string[] {
  const sandbox =
    isolation.mode === 'bubblewrap'
      ? ['Sandbox: bubblewrap', ...isolation.notSandboxed.map((line) => `  - ${line}`)]
      : ['Sandbox: none; code runs as you. Run only code that you would run yourself.'];
  return [
    `AgentCore Code Interpreter, local: ${endpoint}`,
    '',
    ...sandbox,
    ...(options.python === undefined ? ['Python is not available: JavaScript, TypeScript and commands are.'] : []),
    ...(options.s3Endpoint === undefined ? [] : [`S3, as sessions reach it: ${options.s3Endpoint}`]),
    '',
    'Point clients at it:',
    `  export AWS_ENDPOINT_URL_BEDROCK_AGENTCORE=${endpoint}`,
    `  export AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL=${endpoint}`,
    ...(options.s3Endpoint === undefined ? [] : [`  export AWS_ENDPOINT_URL_S3=${options.s3Endpoint}`]),
    `  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey} AWS_REGION=us-east-1`,
    '',
    ...(token === undefined
      ? ['WARNING: no token is asked for: every user of this machine can run code as you.']
      : [
          `Token, for the page and for curl: ${token}`,
          ...(options.tokenFile === undefined ? [] : [`It is in ${options.tokenFile}, which only you can read.`]),
        ]),
    `Sessions and invocations, as they happen: ${endpoint}/   Metrics: ${endpoint}/metrics`,
  ];
}

async function untilStopped(signal: AbortSignal | undefined): Promise<void> {
  if (signal !== undefined) {
    if (!signal.aborted) {
      await once(signal, 'abort');
    }
    return;
  }
  // Signals alone do not keep a process; the server does.
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
