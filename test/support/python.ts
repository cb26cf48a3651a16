import { join } from 'node:path';
import { ensurePythonEnvironment } from '../../lib/local/sandbox/python-environment';

export const PYTHON_FOLDER = join(__dirname, '../../.agentcore/python');

/** The Python of the tests: the one that the demo uses, made if it is not there yet. */
export async function python(): Promise<string> {
  const environment = await ensurePythonEnvironment({ folder: PYTHON_FOLDER, onProgress: () => {} });
  if ('reason' in environment) {
    throw new Error(`these tests need Python: ${environment.reason}`);
  }
  return environment.python;
}
