import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this package: of the sources in a checkout, or of what npm installed. */
export function packageRoot(from = __dirname): string {
  if (existsSync(join(from, 'package.json'))) {
    return from;
  }
  const parent = dirname(from);
  if (parent === from) {
    throw new Error(`no package.json above ${__dirname}`);
  }
  return packageRoot(parent);
}
