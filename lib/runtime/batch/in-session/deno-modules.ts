import driver from './deno/driver.deno.js';
import folders from './deno/folders.deno.js';
import item from './deno/item.deno.js';
import outputs from './deno/outputs.deno.js';
import places from './deno/places.deno.js';
import processModule from './deno/process.deno.js';
import sharedFolder from './deno/shared-folder.deno.js';
import transfer from './deno/transfer.deno.js';

/** The Deno driver: its modules, by the names under which they import each other. */
export const DENO_MODULES: Readonly<Record<string, string>> = {
  'driver.deno.js': driver,
  'folders.deno.js': folders,
  'item.deno.js': item,
  'outputs.deno.js': outputs,
  'places.deno.js': places,
  'process.deno.js': processModule,
  'shared-folder.deno.js': sharedFolder,
  'transfer.deno.js': transfer,
};
