import type { ScriptSettings } from '../../../contract/batch';
import { pythonLiteral, shellWord } from '../../quoting';
import { DENO_MODULES } from './deno-modules';
import type { DriverSpec, SetupSpec } from './driver-protocol';
import { pythonArchive } from './python-archive';

/** The drivers' folder in the session, relative to its working directory. */
const FOLDER = '.analysis';

/** Where the driver leaves the items' outputs, one behind the other. */
export const ARCHIVE_PATH = `${FOLDER}/out.bin`;

/** Where a driver in the background finds what it is to do, and leaves its answer. */
export const SPEC_PATH = `${FOLDER}/spec.json`;
export const ANSWER_PATH = `${FOLDER}/answer.json`;

/** Where the driver finds an input. */
export function inputPath(inputFile: string): string {
  return `${FOLDER}/in/${inputFile}`;
}

/** Where the driver finds a file of the setup, which it puts into the folder that all items see. */
export function setUpPath(path: string): string {
  return `${FOLDER}/shared/${path}`;
}

/** The code that works through items in a session, for the language of the script. */
export interface Driver {
  readonly language: 'python' | 'typescript';
  /** What must be in the session before `run`: the driver and the script. */
  files(script: Uint8Array): { path: string; blob: Uint8Array }[];
  run(spec: DriverSpec): string;
  setUp(spec: SetupSpec): string;
  /** Uploads the last item's large outputs: presigned URLs by path. */
  upload(urls: Record<string, string>): string;
  /** Code that prints the path of the program that executes it: what is on the PATH of a command may be another one. */
  locate(): string;
  /** The command that does what the spec says, and leaves its answer in a file. */
  background(program: string): string;
}

export function driverFor(script: ScriptSettings): Driver {
  return script.language === 'python' ? pythonDriver(script.name) : denoDriver(script.name);
}

/** The driver as an archive that Python runs. */
const PYTHON_DRIVER = `${FOLDER}/driver.pyz`;

function pythonDriver(scriptName: string): Driver {
  // The cell ends with a statement: the value of an expression, the answer, would be sent again by a kernel that echoes it.
  // The kernel keeps the package from call to call, and with it the process that keeps imports warm.
  const load = `
import os as _o, sys as _s
if 'analysis_driver' not in _s.modules:
    _s.path.insert(0, _o.path.abspath('${PYTHON_DRIVER}'))
    try:
        import analysis_driver
    finally:
        del _s.path[0]
`;
  const call = (name: string, argument: unknown) =>
    `${load}_s.modules['analysis_driver'].${name}(${pythonLiteral(JSON.stringify(argument))})\npass\n`;
  return {
    language: 'python',
    files: (script) => [
      { path: PYTHON_DRIVER, blob: pythonArchive() },
      { path: `${FOLDER}/script/${scriptName}`, blob: script },
    ],
    run: (spec) => call('run', spec),
    setUp: (spec) => call('set_up', spec),
    upload: (urls) => call('upload', urls),
    locate: () => 'import sys\nprint(sys.executable)\n',
    background: (program) => `${shellWord(program)} ${PYTHON_DRIVER} ${SPEC_PATH}`,
  };
}

/** The driver's modules, which Deno loads as they are. */
const DENO_DRIVER = `${FOLDER}/deno`;

function denoDriver(scriptName: string): Driver {
  const main = `${DENO_DRIVER}/driver.deno.js`;
  const call = (name: string, argument: unknown) =>
    `await (await import('file://' + Deno.cwd() + '/${main}')).${name}(${JSON.stringify(argument)});\nundefined;\n`;
  return {
    language: 'typescript',
    files: (script) => [
      ...Object.entries(DENO_MODULES).map(([name, text]) => ({
        path: `${DENO_DRIVER}/${name}`,
        blob: Buffer.from(text),
      })),
      { path: `${FOLDER}/script/${scriptName}`, blob: script },
    ],
    run: (spec) => call('run', spec),
    setUp: (spec) => call('setUp', spec),
    upload: (urls) => call('upload', urls),
    locate: () => 'console.log(Deno.execPath());\n',
    background: (program) =>
      `${shellWord(program)} run --quiet --no-prompt --allow-all --no-config ${main} ${SPEC_PATH}`,
  };
}
