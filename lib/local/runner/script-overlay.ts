import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { BatchSettings } from '../../contract/batch';
import { SCRIPT_LANGUAGES } from '../../contract/script-language';

/** A script that takes the place of the batch's own. Fails if it cannot. */
export function readOverlay(path: string, { name, script }: BatchSettings): Buffer {
  const language = SCRIPT_LANGUAGES[extname(path)];
  if (language !== script.language) {
    const what = language === undefined ? 'in no language that a session runs' : `in ${language}`;
    throw new Error(
      `"${path}" is ${what}; the script of batch ${name}, ${script.name}, is in ${script.language}, and so must be what takes its place`,
    );
  }
  try {
    return readFileSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(
      `the script "${path}" ${missing ? 'does not exist' : `cannot be read: ${(error as Error).message}`}`,
    );
  }
}
