// Bundles what runs outside of synth: one file for each Lambda handler. The package ships them, so that a consumer
// needs neither esbuild nor Docker, and synth only points at a folder.
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const quiet = process.argv.includes('--quiet');

async function bundleHandlers() {
  const folder = join(root, 'lib/runtime/handlers');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -3));
  await build({
    entryPoints: names.map((name) => ({ in: join(folder, `${name}.ts`), out: `${name}/index` })),
    outdir: join(root, 'dist/handlers'),
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    loader: { '.py': 'text', '.deno.js': 'text' },
    legalComments: 'none',
    logLevel: quiet ? 'error' : 'info',
  });
}

await rm(join(root, 'dist/handlers'), { recursive: true, force: true });
await bundleHandlers();
