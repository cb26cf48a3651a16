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
  /** Ends the server; default: SIGINT and SIGTERM do. */
  readonly signal?: AbortSignal;
}

/** Runs the emulator until it is told to end, having said where it is, how to point clients at it, and what is fenced. */
export async function serve({
  print = (line) => standardOutput.lines(line),
  logEvents = false,
  signal,
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
    for (const line of greeting(emulator, options)) {
      print(line);
    }
    await ending(signal);
    print('Stopping: ending all sessions');
  } finally {
    await emulator.stop();
  }
}

/** What a person needs to know to use it. */
export function greeting({ endpoint, isolation }: Emulator, options: EmulatorOptions): string[] {
  const fence =
    isolation.mode === 'bubblewrap'
      ? ['Sessions are fenced in by bubblewrap.']
      : [`WARNING: sessions are NOT fenced in: ${isolation.reason}. Run only code that you would run yourself:`];
  return [
    `AgentCore Code Interpreter, local: ${endpoint}`,
    '',
    ...fence,
    ...isolation.notFenced.map((line) => `  - ${line}`),
    ...(options.python === undefined ? ['Python is not available: JavaScript, TypeScript and commands are.'] : []),
    ...(options.s3Endpoint === undefined ? [] : [`S3, as sessions reach it: ${options.s3Endpoint}`]),
    '',
    'Point clients at it:',
    `  export AWS_ENDPOINT_URL_BEDROCK_AGENTCORE=${endpoint}`,
    `  export AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL=${endpoint}`,
    `  export AWS_ACCESS_KEY_ID=${options.token ?? 'local'} AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1`,
    `What happens, as it happens: ${endpoint}/   Metrics: ${endpoint}/metrics`,
  ];
}

async function ending(signal: AbortSignal | undefined): Promise<void> {
  if (signal !== undefined) {
    if (!signal.aborted) {
      await once(signal, 'abort');
    }
    return;
  }
  // Signals alone do not keep a process; the server does.
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
