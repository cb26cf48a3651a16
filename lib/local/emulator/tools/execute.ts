import { type Language, type Runtime, SYNC_INVOKE_MAX_SECONDS } from '../../../contract/service';
import type { CodeRequest, Execution, Sandbox } from '../../sandbox/sandbox';
import { invalid } from '../errors';
import { executionResult, type ToolResult } from '../result';
import type { ToolArguments } from './arguments';

/** What of the machine the execution of code depends on. */
export interface Runtimes {
  readonly python: boolean;
  readonly deno: boolean;
}

const PYTHON_MISSING =
  'Python is not available in this emulator: it was started without a Python interpreter that has IPython. ' +
  'Install Python 3.10 or newer with the venv module, or name an interpreter in AGENTCORE_LOCAL_PYTHON, and start it again.';
const DENO_MISSING =
  'Deno is not available in this emulator: install the npm package deno beside it, or name the binary in ' +
  "AGENTCORE_LOCAL_DENO, and start it again; or pass the runtime 'nodejs'.";

/** Runs code in its language's runtime, for at most the 15 minutes of a synchronous request. */
export async function executeCode(
  sandbox: Sandbox,
  { code = '', language = 'python', runtime, clearContext = false }: ToolArguments,
  runtimes: Runtimes,
): Promise<ToolResult> {
  const interpreter = interpreterOf(language, runtime);
  const missing = missingRuntime(interpreter, runtimes);
  if (missing !== undefined) {
    return executionResult({ exitCode: 1, stdout: '', stderr: missing, executionTime: 0, images: [] });
  }
  const execution = await withinLimit((signal) =>
    sandbox.executeCode({ interpreter, language, clearContext }, code, signal),
  );
  return executionResult(explainDeath(execution, interpreter));
}

/** Runs a shell command, for at most the 15 minutes of a synchronous request. */
export async function executeCommand(sandbox: Sandbox, { command = '' }: ToolArguments): Promise<ToolResult> {
  return executionResult(await withinLimit((signal) => sandbox.executeCommand(command, signal)));
}

/** JavaScript and TypeScript run in Deno unless Node.js is asked for; Python runs in Python only. */
export function interpreterOf(language: Language, runtime: Runtime | undefined): CodeRequest['interpreter'] {
  const chosen = runtime ?? (language === 'python' ? 'python' : 'deno');
  if ((chosen === 'python') !== (language === 'python')) {
    throw invalid([{ name: 'arguments.runtime', message: `Member must be a runtime of the language ${language}` }]);
  }
  return chosen;
}

function missingRuntime(interpreter: CodeRequest['interpreter'], runtimes: Runtimes): string | undefined {
  if (interpreter === 'python' && !runtimes.python) {
    return PYTHON_MISSING;
  }
  return interpreter === 'deno' && !runtimes.deno ? DENO_MISSING : undefined;
}

async function withinLimit(work: (signal: AbortSignal) => Promise<Execution>): Promise<Execution> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), SYNC_INVOKE_MAX_SECONDS * 1_000);
  try {
    const execution = await work(abort.signal);
    return abort.signal.aborted ? timedOut(execution) : execution;
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(execution: Execution): Execution {
  const note = `Execution was killed after ${SYNC_INVOKE_MAX_SECONDS} seconds, the limit of a synchronous request.`;
  return { ...execution, exitCode: execution.exitCode || 1, stderr: append(execution.stderr, note) };
}

function explainDeath(execution: Execution, interpreter: string): Execution {
  if (execution.died === undefined) {
    return execution;
  }
  const note = `The ${interpreter} process ended (${execution.died}). Its variables are lost; the next execution starts a new one.`;
  return { ...execution, stderr: append(execution.stderr, note) };
}

function append(text: string, line: string): string {
  return text === '' || text.endsWith('\n') ? `${text}${line}` : `${text}\n${line}`;
}
