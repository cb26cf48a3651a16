// Packs both packages as a release would and installs the tarballs into empty projects with `npm install`:
//   the constructs alone   a CDK app synthesizes; all exported types compile
//   agentcore-local alone  `exec` runs a script, `serve` answers; all exported types compile
//   both                   `agentcore-local run` executes the batch that the app synthesized
// Needs `npm run build`, and a registry for aws-cdk-lib and the types of Node.js.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = await mkdtemp(join(tmpdir(), 'packages-check-'));
const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

const APP = `
const { App, Stack } = require('aws-cdk-lib');
const { AnalysisScript, BatchAnalysis, CodeInterpreter, CodeInterpreterInvoker } = require('cdk-agentcore-code-interpreter');
const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Consumer');
const interpreter = new CodeInterpreter(stack, 'Interpreter');
new CodeInterpreterInvoker(stack, 'Invoker', { interpreter });
new BatchAnalysis(stack, 'Batch', { interpreter, script: AnalysisScript.fromAsset('script.py') });
const { template } = app.synth().getStackByName('Consumer');
console.log(Object.keys(template.Resources).length);
`;
const SCRIPT = `
import json
item = json.load(open("item.json"))
json.dump({"bytes": len(open(item["input"]).read())}, open("output/result.json", "w"))
`;
const CONSTRUCTS_TYPED = `
import { Stack } from 'aws-cdk-lib';
import { BatchAnalysis, type SessionSetup } from 'cdk-agentcore-code-interpreter';
import { ErrorName, type InvokerRequest, type InvokerResponse } from 'cdk-agentcore-code-interpreter/invoker';
export const setup: SessionSetup = { objects: ['reference/'] };
export const request: InvokerRequest = { code: 'print(1)' };
export const exitCode = (answer: InvokerResponse): number | undefined => answer.exitCode;
export const all: unknown[] = [Stack, BatchAnalysis, ErrorName.sessionLost];
`;
const LOCAL_TYPED = `
import { type LocalRunResult, runLocally, startEmulator } from 'agentcore-local';
export const run = (): Promise<LocalRunResult> => runLocally({ assembly: 'cdk.out', inputs: [], output: 'results' });
export const all: unknown[] = [startEmulator];
`;
const TYPES = {
  compilerOptions: {
    ...{ module: 'node16', strict: true, noEmit: true, skipLibCheck: false, target: 'es2022', lib: ['es2024'] },
    types: ['node'],
  },
  include: ['typed.ts'],
};

/** The Node.js that `npm ci` installs here: that of the machine may be too old for agentcore-local. */
const node = join(root, 'node_modules/node/bin/node');

/** The environment of a consumer: nothing of this checkout but its Node.js, and no settings of the npm that runs this. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|INIT_CWD|NODE_)/.test(name)),
  ),
  PATH: [dirname(node), ...process.env.PATH.split(delimiter).filter((path) => !path.startsWith(root))].join(delimiter),
};

/** Runs a program to its end; resolves with what it printed, and fails with that. */
async function run(cwd, program, ...args) {
  try {
    const options = { cwd, env: environment, maxBuffer: 1e8 };
    return (await promisify(execFile)(program, args, options)).stdout.trim();
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')} failed in ${cwd}:\n${error.stdout ?? ''}\n${error.stderr ?? error}`);
  }
}

function expectThat(holds, complaint) {
  if (!holds) {
    throw new Error(complaint);
  }
}

/** The tarball that a release would publish, and how large it is. */
async function pack(...args) {
  const printed = await run(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...args);
  const [{ filename, size, unpackedSize, files }] = JSON.parse(printed);
  const paths = files.map(({ path }) => path);
  const stray = paths.filter((path) => /(^|\/)(test|scripts|examples|node_modules|packages)\//.test(path));
  expectThat(stray.length === 0, `${filename} holds what it should not: ${stray.slice(0, 5).join(', ')}`);
  return { tarball: join(folder, filename), paths, size, unpackedSize };
}

async function project(name, ...packages) {
  const cwd = join(folder, name);
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), JSON.stringify({ name, private: true }));
  await writeFile(join(cwd, 'script.py'), SCRIPT);
  await run(cwd, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages);
  return cwd;
}

/** Compiles a program against the installed types, those of dependencies included. */
async function compile(cwd, source) {
  await writeFile(join(cwd, 'typed.ts'), source);
  await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify(TYPES));
  await run(cwd, node, join(root, 'node_modules/typescript/bin/tsc'), '-p', '.');
}

async function synthesize(cwd) {
  await writeFile(join(cwd, 'app.js'), APP);
  return run(cwd, node, 'app.js');
}

/** Starts the emulator, asks it for its page, and ends it. */
async function serve(cwd) {
  const program = join(cwd, 'node_modules/.bin/agentcore-local');
  const server = spawn(program, ['serve', '--port', '0', '--pool', '0'], { cwd, env: environment });
  const exit = once(server, 'exit');
  try {
    let printed = '';
    for await (const chunk of server.stdout.setEncoding('utf8')) {
      printed += chunk;
      const [endpoint] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
      if (endpoint !== undefined) {
        const page = await fetch(endpoint);
        expectThat(page.ok, `the page of the emulator answers ${page.status}`);
        return;
      }
    }
    throw new Error(`agentcore-local serve ended without printing its address: ${printed}`);
  } finally {
    server.kill('SIGINT');
    await exit;
  }
}

async function checkConstructs(constructs, nodeTypes, peers) {
  const local = constructs.paths.filter((path) => /local|\.d\.ts\.map$/.test(path) && !path.startsWith('docs/'));
  expectThat(
    local.length === 0,
    `the constructs' package holds parts of agentcore-local: ${local.slice(0, 5).join(', ')}`,
  );
  const cwd = await project('constructs', constructs.tarball, nodeTypes, ...peers);
  const resources = await synthesize(cwd);
  await compile(cwd, CONSTRUCTS_TYPED);
  console.log(`constructs alone: types compile, a stack of ${resources} resources`);
}

async function checkLocal(local, nodeTypes) {
  const cwd = await project('local', local.tarball, nodeTypes);
  await writeFile(join(cwd, 'hello.py'), 'print("hello from", 6 * 7)');
  const printed = await run(cwd, 'npx', 'agentcore-local', 'exec', 'hello.py', '--python', await python(cwd));
  expectThat(printed.includes('hello from 42'), `agentcore-local exec printed ${JSON.stringify(printed)}`);
  await serve(cwd);
  await compile(cwd, LOCAL_TYPED);
  console.log('agentcore-local alone: types compile, exec and serve work');
}

async function checkBoth(constructs, local, peers) {
  const cwd = await project('both', constructs.tarball, local.tarball, ...peers);
  await synthesize(cwd);
  await writeFile(join(cwd, 'item.csv'), 'a,b\n1,2\n');
  await run(cwd, 'npx', 'agentcore-local', 'run', 'item.csv', '--python', await python(cwd));
  const { row } = JSON.parse(await readFile(join(cwd, 'results/results.jsonl'), 'utf8'));
  expectThat(row?.bytes === 8, `the batch found ${JSON.stringify(row)} in a file of 8 bytes`);
  console.log('both: a synthesized batch runs');
}

/** The Python environment of this checkout, made by the installed package if it is not there yet. */
async function python(cwd) {
  const options = JSON.stringify({ folder: join(root, '.agentcore/python') });
  const made = `require('agentcore-local').ensurePythonEnvironment({ ...${options}, onProgress: () => {} })`;
  const printed = await run(cwd, node, '-e', `${made}.then((found) => console.log(JSON.stringify(found)))`);
  const { python: path, reason } = JSON.parse(printed);
  expectThat(path !== undefined, `no Python: ${reason}`);
  return path;
}

try {
  const [constructs, local] = [await pack(), await pack('--workspace', 'agentcore-local')];
  await access(join(root, 'packages/agentcore-local/dist/types'));
  const versionOf = (name) => `${name}@${own.devDependencies[name]}`;
  const peers = Object.keys(own.peerDependencies).map(versionOf);
  const nodeTypes = versionOf('@types/node');
  await checkConstructs(constructs, nodeTypes, peers);
  await checkLocal(local, nodeTypes);
  await checkBoth(constructs, local, peers);
  for (const [name, { paths, size, unpackedSize }] of Object.entries({ constructs, 'agentcore-local': local })) {
    const [packed, unpacked] = [size, unpackedSize].map((bytes) => (bytes / 1e6).toFixed(1));
    console.log(`${name}: ${paths.length} files, ${packed} MB packed, ${unpacked} MB unpacked`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
