// Bundles what runs outside of synth: a file for each Lambda handler, the command line and the library for local runs.
// The package ships them, so that a consumer needs neither esbuild nor Docker, and synth only points at a folder.
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const logLevel = process.argv.includes('--quiet') ? 'error' : 'info';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // The ES modules of the AWS SDK leave out what is not used; its CommonJS does not.
  mainFields: ['module', 'main'],
  // What runs inside a session goes along as text.
  loader: { '.py': 'text', '.deno.js': 'text' },
  legalComments: 'none',
  logLevel,
};

async function bundleHandlers() {
  const folder = join(root, 'lib/runtime/handlers');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -3));
  await build({
    ...common,
    entryPoints: names.map((name) => ({ in: join(folder, `${name}.ts`), out: `${name}/index` })),
    outdir: join(root, 'dist/handlers'),
    minify: true,
    // Errors are matched by their names.
    keepNames: true,
  });
}

async function bundleLocal() {
  await build({
    ...common,
    entryPoints: {
      'agentcore-local': join(root, 'bin/agentcore-local.ts'),
      index: join(root, 'lib/local/index.ts'),
      'lambda-host': join(root, 'lib/local/runner/lambda-host.ts'),
    },
    outdir: join(root, 'dist/local'),
  });
}

await rm(join(root, 'dist/handlers'), { recursive: true, force: true });
await rm(join(root, 'dist/local'), { recursive: true, force: true });
await Promise.all([bundleHandlers(), bundleLocal()]);
