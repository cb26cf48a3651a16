// Compares docs/api.md with what jsii-docgen makes of the compiled package. `--write` brings it up to date.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const reference = join(root, 'docs/api.md');
const folder = await mkdtemp(join(tmpdir(), 'api-reference-'));
try {
  const fresh = join(folder, 'api.md');
  execFileSync('jsii-docgen', ['--output', fresh], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const made = await readFile(fresh, 'utf8');
  if (process.argv.includes('--write')) {
    await writeFile(reference, made);
  } else if (made !== (await readFile(reference, 'utf8').catch(() => ''))) {
    console.error('docs/api.md is not that of the public API: run "npm run build && npm run docgen"');
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
