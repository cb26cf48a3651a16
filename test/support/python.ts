import { join } from 'node:path';
import { ensurePythonEnvironment } from '../../lib/local/sandbox/python-environment';

/** The Python of the tests: the one that the demo uses, made if it is not there yet. */
export async function python(): Promise<string> {
  const environment = await ensurePythonEnvironment({
    folder: join(__dirname, '../../.agentcore/python'),
    onProgress: () => {},
  });
  if ('reason' in environment) {
    throw new Error(`these tests need Python: ${environment.reason}`);
  }
  return environment.python;
}
