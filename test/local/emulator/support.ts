import { join } from 'node:path';
import {
  BedrockAgentCoreClient,
  type CodeInterpreterResult,
  InvokeCodeInterpreterCommand,
  StartCodeInterpreterSessionCommand,
  StopCodeInterpreterSessionCommand,
  type ToolArguments,
  type ToolName,
} from '@aws-sdk/client-bedrock-agentcore';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../lib/local/emulator';
import { ensurePythonEnvironment } from '../../../lib/local/sandbox/python-environment';

// In a fresh checkout the first tests wait for the Python environment to be made.
if (typeof jest !== 'undefined') {
  jest.setTimeout(300_000);
}

export const ROOT = join(__dirname, '../../..');
export const MANAGED = { codeInterpreterIdentifier: 'aws.codeinterpreter.v1' };

/** The checkout's Python environment, made by whichever test comes first. */
export async function testPython(): Promise<string> {
  const environment = await ensurePythonEnvironment({ folder: join(ROOT, '.agentcore/python'), onProgress: () => {} });
  if ('reason' in environment) {
    throw new Error(`These tests need Python with the venv module: ${environment.reason}`);
  }
  return environment.python;
}

/** An emulator with Python, and a client of it. */
export async function startForTest(options: EmulatorOptions = {}): Promise<{ emulator: Emulator; client: TestClient }> {
  const emulator = await startEmulator({ python: await testPython(), ...options });
  return { emulator, client: new TestClient(emulator) };
}

/** The unmodified AWS SDK, pointed at the emulator. One attempt, so that a test sees what the first got. */
export class TestClient extends BedrockAgentCoreClient {
  constructor({ endpoint, credentials }: Pick<Emulator, 'endpoint' | 'credentials'>) {
    super({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  }

  async start(
    parameters: { name?: string; sessionTimeoutSeconds?: number; clientToken?: string } = {},
  ): Promise<string> {
    const { sessionId = '' } = await this.send(new StartCodeInterpreterSessionCommand({ ...MANAGED, ...parameters }));
    return sessionId;
  }

  async stop(sessionId: string): Promise<void> {
    await this.send(new StopCodeInterpreterSessionCommand({ ...MANAGED, sessionId }));
  }

  /** The one result of a tool call; fails when there is none or more. */
  async call(sessionId: string, name: ToolName, args: ToolArguments): Promise<CodeInterpreterResult> {
    const { stream } = await this.send(
      new InvokeCodeInterpreterCommand({ ...MANAGED, sessionId, name, arguments: args }),
    );
    const results: CodeInterpreterResult[] = [];
    for await (const event of stream ?? []) {
      if (event.result !== undefined) {
        results.push(event.result);
      }
    }
    const [result] = results;
    if (result === undefined || results.length > 1) {
      throw new Error(`Expected one result, got ${results.length}`);
    }
    return result;
  }

  async python(sessionId: string, code: string, clearContext?: boolean): Promise<CodeInterpreterResult> {
    return this.call(sessionId, 'executeCode', { code, language: 'python', clearContext });
  }

  async command(sessionId: string, command: string): Promise<CodeInterpreterResult> {
    return this.call(sessionId, 'executeCommand', { command });
  }
}

/** The header of a request that shows the token, as curl sends it. */
export function bearer({ credentials }: Pick<Emulator, 'credentials'>): { authorization: string } {
  return { authorization: `Bearer ${credentials.secretAccessKey}` };
}

/** Waits until something is so; fails after 20 seconds. */
export async function until<T>(probe: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const found = await probe();
    if (found !== undefined && found !== false) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('What was waited for did not happen in 20 seconds');
}
