import { strToU8, type Zippable, zipSync } from 'fflate';
import main from './python/__main__.py';
import init from './python/analysis_driver/__init__.py';
import folders from './python/analysis_driver/folders.py';
import itemInterpreter from './python/analysis_driver/item_interpreter.py';
import itemRun from './python/analysis_driver/item_run.py';
import items from './python/analysis_driver/items.py';
import outputs from './python/analysis_driver/outputs.py';
import places from './python/analysis_driver/places.py';
import sharedFolder from './python/analysis_driver/shared_folder.py';
import transfer from './python/analysis_driver/transfer.py';
import warmImports from './python/analysis_driver/warm_imports.py';
import ending from './python/interpreter/ending.py';
import sitecustomize from './python/interpreter/sitecustomize.py';

const MODULES: Readonly<Record<string, string>> = {
  '__main__.py': main,
  'analysis_driver/__init__.py': init,
  'analysis_driver/folders.py': folders,
  'analysis_driver/item_interpreter.py': itemInterpreter,
  'analysis_driver/item_run.py': itemRun,
  'analysis_driver/items.py': items,
  'analysis_driver/outputs.py': outputs,
  'analysis_driver/places.py': places,
  'analysis_driver/shared_folder.py': sharedFolder,
  'analysis_driver/transfer.py': transfer,
  'analysis_driver/warm_imports.py': warmImports,
  'interpreter/ending.py': ending,
  'interpreter/sitecustomize.py': sitecustomize,
};

/** The earliest time that a ZIP archive can hold, in the local zone, as it is written: the archive's bytes depend on its modules alone. */
const MODIFIED = new Date(1980, 0, 1);

/** The Python driver as one archive, which Python runs and imports from. Nothing is compressed, so that no decompressor has to be imported. */
export function pythonArchive(): Uint8Array {
  const files: Zippable = {};
  for (const [path, text] of Object.entries(MODULES)) {
    files[path] = [strToU8(text), { level: 0, mtime: MODIFIED }];
  }
  return zipSync(files);
}
