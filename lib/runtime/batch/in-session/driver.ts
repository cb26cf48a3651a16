import type { ScriptSettings } from '../../../contract/batch';
import driverDeno from './driver.deno.js';
import driverPython from './driver.py';
import type { DriverSpec, SetUpSpec } from './driver-protocol';

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

/** Where the driver finds a file of the set-up, which it puts into the folder that all items see. */
export function setUpPath(path: string): string {
  return `${FOLDER}/shared/${path}`;
}

/** The code that works through items in a session, for the language of the script. */
export interface Driver {
  readonly language: 'python' | 'typescript';
  /** What must be in the session before `run`: the driver and the script. */
  files(script: Uint8Array): { path: string; blob: Uint8Array }[];
  run(spec: DriverSpec): string;
  setUp(spec: SetUpSpec): string;
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

function pythonDriver(scriptName: string): Driver {
  // The kernel keeps the module from call to call, and with it the process that keeps imports warm.
  const load = `
import importlib.util as _u, sys as _s
if '_analysis_driver' not in _s.modules:
    _spec = _u.spec_from_file_location('_analysis_driver', '${FOLDER}/driver.py')
    _s.modules['_analysis_driver'] = _u.module_from_spec(_spec)
    _spec.loader.exec_module(_s.modules['_analysis_driver'])
`;
  const call = (name: string, argument: unknown) =>
    `${load}_s.modules['_analysis_driver'].${name}(${pythonString(JSON.stringify(argument))})\n`;
  return {
    language: 'python',
    files: (script) => [
      { path: `${FOLDER}/driver.py`, blob: Buffer.from(driverPython) },
      { path: `${FOLDER}/${scriptName}`, blob: script },
    ],
    run: (spec) => call('run', spec),
    setUp: (spec) => call('set_up', spec),
    upload: (urls) => call('upload', urls),
    locate: () => 'import sys\nprint(sys.executable)\n',
    background: (program) => `${quoted(program)} ${FOLDER}/driver.py ${SPEC_PATH}`,
  };
}

function denoDriver(scriptName: string): Driver {
  const call = (name: string, argument: unknown) =>
    `await (await import('file://' + Deno.cwd() + '/${FOLDER}/driver.js')).${name}(${JSON.stringify(argument)});\n`;
  return {
    language: 'typescript',
    files: (script) => [
      { path: `${FOLDER}/driver.js`, blob: Buffer.from(driverDeno) },
      { path: `${FOLDER}/${scriptName}`, blob: script },
    ],
    run: (spec) => call('run', spec),
    setUp: (spec) => call('setUp', spec),
    upload: (urls) => call('upload', urls),
    locate: () => 'console.log(Deno.execPath());\n',
    background: (program) =>
      `${quoted(program)} run --quiet --no-prompt --allow-all --no-config ${FOLDER}/driver.js ${SPEC_PATH}`,
  };
}

/** A word of the shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A JSON text as a Python literal: JSON's own string escapes are Python's too, once it is ASCII. */
function pythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
