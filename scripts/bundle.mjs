// Bundles what runs outside of synth: a file for each Lambda handler into dist/handlers, and the command line and the library
// for local runs into packages/agentcore-local/dist. The packages ship them, so that a consumer needs neither esbuild nor
// Docker, and synth only points at a folder.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { leanHandlers } from './lean-handlers.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const localPackage = join(root, 'packages/agentcore-local');
const quiet = process.argv.includes('--quiet');

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
  logLevel: 'error',
  write: false,
};

async function bundleHandlers() {
  const folder = join(root, 'lib/runtime/handlers');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).map((name) => name.slice(0, -3));
  const { outputFiles } = await build({
    ...common,
    entryPoints: names.map((name) => ({ in: join(folder, `${name}.ts`), out: `${name}/index` })),
    outdir: join(root, 'dist/handlers'),
    // Errors are matched by names that they have as a property, so that the names of classes may go.
    minify: true,
    plugins: leanHandlers,
  });
  return outputFiles;
}

/** What Gateway is told of the tools, beside the Lambda that answers them: written by the table that this Lambda has. */
async function gatewayTools() {
  const { outputFiles } = await build({
    ...common,
    format: 'esm',
    entryPoints: [join(root, 'lib/runtime/tools/gateway-tools.ts')],
  });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  return {
    path: join(root, 'dist/handlers/code-interpreter-tool/gateway-tools.json'),
    contents: Buffer.from(`${JSON.stringify(module.gatewayTools(), null, 1)}\n`),
  };
}

/**
 * The agent that AgentCore Runtime runs: an ES module, as its SDK is. The CommonJS packages in it ask for modules of
 * Node.js by `require`, which an ES module has to make itself.
 */
async function bundleAgent() {
  const { outputFiles } = await build({
    ...common,
    format: 'esm',
    entryPoints: { app: join(root, 'lib/runtime/agent/app.ts') },
    outdir: join(root, 'dist/agent'),
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    minify: true,
  });
  const kind = { path: join(root, 'dist/agent/package.json'), contents: Buffer.from('{ "type": "module" }\n') };
  return [...outputFiles, kind];
}

async function bundleLocal() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: {
      'agentcore-local': join(root, 'bin/agentcore-local.ts'),
      index: join(root, 'lib/local/index.ts'),
      'lambda-host': join(root, 'lib/local/runner/lambda-host.ts'),
    },
    outdir: join(localPackage, 'dist'),
  });
  return outputFiles;
}

/** What the local tools read at run time, beside their bundle: programs that run inside a session, and a page. */
async function localAssets() {
  const folders = ['lib/local/sandbox/assets', 'lib/local/emulator/assets'].map((folder) => join(root, folder));
  const files = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => ({ name, source: join(folder, name) }))),
  );
  return Promise.all(
    files.flat().map(async ({ name, source }) => ({
      path: join(localPackage, 'dist/assets', name),
      contents: await readFile(source),
    })),
  );
}

/** What agentcore-local has in common with the constructs' package: the invoker that `exec` runs, the agent, and the papers. */
async function sharedFiles(handlers, agent) {
  const invoker = handlers.find(({ path }) => path === join(root, 'dist/handlers/invoker/index.js'));
  const papers = ['LICENSE', 'NOTICE', 'CHANGELOG.md'].map(async (name) => ({
    path: join(localPackage, name),
    contents: await readFile(join(root, name)),
  }));
  return [
    { path: join(localPackage, 'dist/handlers/invoker/index.js'), contents: invoker.contents },
    ...agent.map(({ path, contents }) => ({
      path: join(localPackage, 'dist', relative(join(root, 'dist'), path)),
      contents,
    })),
    ...(await Promise.all(papers)),
  ];
}

/** Replaces a file as a whole, and only if it changes: whoever runs the old one meanwhile never sees half a file. */
async function put({ path, contents }) {
  const before = await readFile(path).catch(() => undefined);
  if (before?.equals(contents)) {
    return;
  }
  const fresh = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(fresh, contents);
  await rename(fresh, path);
}

/** Takes away the bundles of handlers that are no more. */
async function removeOthers(files) {
  const folder = join(root, 'dist/handlers');
  const kept = new Set(files.map(({ path }) => relative(folder, path).split(/[\\/]/)[0]));
  const others = (await readdir(folder)).filter((name) => !kept.has(name));
  await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

const [handlers, agent, tools, local, assets] = await Promise.all([
  bundleHandlers(),
  bundleAgent(),
  gatewayTools(),
  bundleLocal(),
  localAssets(),
]);
const shared = await sharedFiles(handlers, agent);
await Promise.all([...handlers, ...agent, tools, ...local, ...assets, ...shared].map(put));
await removeOthers(handlers);
if (!quiet) {
  for (const { path, contents } of [...handlers, ...agent, ...local]) {
    console.log(`${relative(root, path)}  ${(contents.length / 1024).toFixed(0)} KB`);
  }
}
