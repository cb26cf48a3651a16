import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ScriptSettings } from '../../contract/batch';
import { EnvironmentName } from '../../contract/environment';
import { findDeno, inspectPython } from '../sandbox/programs';
import type { BatchDeployment } from './deployment';

const run = promisify(execFile);
const START_TIMEOUT_MS = 20_000;

/**
 * Prints the modules that a script imports before it does anything else, and that this interpreter does not have. What
 * comes later may depend on what the script has done by then, such as installing a package.
 */
const FIND_MISSING = `
import ast, importlib.util, json, sys
try:
    body = ast.parse(sys.stdin.buffer.read()).body
except (SyntaxError, ValueError):
    body = []
names = []
for statement in body:
    if isinstance(statement, ast.Import):
        names += [alias.name for alias in statement.names]
    elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
        names.append(statement.module)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        pass
    elif not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        break
tops = dict.fromkeys(name.split(".")[0] for name in names)
print(json.dumps([name for name in tops if name not in sys.builtin_module_names and importlib.util.find_spec(name) is None]))
`;

/** What a run was given beside its batch. */
export interface RunTools {
  readonly python?: string;
  /** A script that takes the place of the batch's own. */
  readonly script?: string;
}

/**
 * Checks that this machine has what the scripts of a batch need, before a session starts: their interpreter, and the
 * Python packages that they import. A setup may bring packages, so that with one these are not checked.
 *
 * Fails with what is missing, and how to get it.
 */
export async function checkRequirements(deployment: BatchDeployment, tools: RunTools): Promise<void> {
  const { settings, script } = deployment;
  const stages = [
    { settings: settings.script, path: tools.script ?? script.path },
    ...(settings.combine ? [{ settings: settings.combine.script, path: combiningScript(deployment) }] : []),
  ];
  for (const stage of stages) {
    if (stage.settings.language !== 'python') {
      await requireDeno(stage.settings);
    } else {
      const python = await requirePython(stage.settings, tools.python);
      if (stage.path !== undefined && !settings.setup) {
        await requireImports(stage.settings, stage.path, python);
      }
    }
  }
}

function combiningScript({ lambdas, worker, assets }: BatchDeployment): string | undefined {
  const { [EnvironmentName.combineBucket]: bucket, [EnvironmentName.combineKey]: key } =
    lambdas.get(worker)?.environment ?? {};
  return assets.find((asset) => asset.bucket === bucket && asset.key === key)?.path;
}

async function requireDeno({ name }: ScriptSettings): Promise<void> {
  const deno = findDeno();
  const remedy = 'install it (npm install --save-dev deno), or name it in AGENTCORE_LOCAL_DENO';
  if (deno === undefined) {
    throw new Error(`${name} runs in Deno, which is not on this machine: ${remedy}`);
  }
  await run(deno, ['--version'], { timeout: START_TIMEOUT_MS }).catch((error: Error) => {
    throw new Error(`${name} runs in Deno, but ${deno} cannot be run (${reasonOf(error)}): ${remedy}`);
  });
}

async function requirePython({ name }: ScriptSettings, python: string | undefined): Promise<string> {
  if (python === undefined) {
    throw new Error(`${name} runs in Python: name an interpreter that has IPython with --python`);
  }
  const { executable } = await inspectPython(python);
  const program = 'import importlib.util as u, sys; sys.exit(0 if u.find_spec("IPython") else 3)';
  await run(executable, ['-I', '-c', program], { timeout: START_TIMEOUT_MS }).catch(() => {
    throw new Error(
      `${executable} has no IPython, which sessions need: ${executable} -m pip install ipython, or leave out --python`,
    );
  });
  return executable;
}

async function requireImports({ name }: ScriptSettings, path: string, python: string): Promise<void> {
  const script = await readFile(path);
  const looking = run(python, ['-I', '-c', FIND_MISSING], { timeout: START_TIMEOUT_MS });
  looking.child.stdin?.end(script);
  const { stdout } = await looking;
  const missing = JSON.parse(stdout) as string[];
  if (missing.length > 0) {
    throw new Error(
      `${name} imports ${missing.join(', ')}, which ${python} does not have: install it there ` +
        `(${python} -m pip install NAME), or have the batch's setup bring it`,
    );
  }
}

function reasonOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code?.toString() ?? error.message.split('\n')[0] ?? error.message;
}
