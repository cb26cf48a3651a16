import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where `npm run bundle` puts the package agentcore-local: the folder of this very bundle, or that of the checkout. */
const FOLDERS = [__dirname, join(__dirname, '../../packages/agentcore-local/dist')];

/**
 * A file or folder that is built for agentcore-local and read at run time, such as a handler's bundle.
 *
 * Fails if it is not there.
 */
export function builtFile(name: string): string {
  const found = FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`agentcore-local lacks ${name}: install it again, or run "npm run bundle" in a checkout`);
  }
  return found;
}
