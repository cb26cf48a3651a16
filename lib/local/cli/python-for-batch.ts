import type { BatchSettings } from '../../contract/batch';
import { PYTHON_FOLDER } from '../local-folder';
import { ensurePythonEnvironment } from '../sandbox/python-environment';

/** The Python that a batch's scripts run on, made if need be; a batch in JavaScript or TypeScript needs none. */
export async function pythonForBatch(
  { name, script, combine }: BatchSettings,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (script.language !== 'python' && combine?.script.language !== 'python') {
    return undefined;
  }
  const environment = await ensurePythonEnvironment({ folder: PYTHON_FOLDER, onProgress, signal });
  if ('reason' in environment) {
    throw new Error(`batch ${name} needs Python: ${environment.reason}`);
  }
  return environment.python;
}
