import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A folder that the package ships in `dist`, such as a handler's bundle: in a checkout and in an installed package alike. */
export function builtFolder(name: string, from = __dirname): string {
  const folder = join(from, 'dist', name);
  if (existsSync(folder)) {
    return folder;
  }
  const parent = dirname(from);
  if (parent === from) {
    throw new Error(`the bundle dist/${name} is missing: run "npm run bundle" in the package first`);
  }
  return builtFolder(name, parent);
}
