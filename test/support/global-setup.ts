import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { probeRequirements } from './requirements';

const ROOT = join(__dirname, '../..');

/**
 * Once before all tests: bundles the handlers and the local tools, so that no test runs a stale bundle, installs what
 * may be installed without asking, and finds out what this machine can test.
 */
export default async function globalSetup(): Promise<void> {
  execFileSync(process.execPath, [join(ROOT, 'scripts/bundle.mjs'), '--quiet'], { stdio: 'inherit' });
  execFileSync(process.execPath, [join(ROOT, 'scripts/install-test-tools.mjs')], { stdio: 'inherit' });
  await probeRequirements();
  // Where there is no sandbox, the tests run without one, except those that would hurt the machine: see hostile-code.ts.
  process.env.AGENTCORE_LOCAL_UNSANDBOXED = 'allow';
}
