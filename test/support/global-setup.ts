import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Bundles the handlers and the local tools once before all tests, so that no test runs a stale bundle. */
export default function globalSetup(): void {
  execFileSync(process.execPath, [join(__dirname, '../../scripts/bundle.mjs'), '--quiet'], { stdio: 'inherit' });
}
