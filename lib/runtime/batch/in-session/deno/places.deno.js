// Where things are in the session.

export const HOME = new URL('..', import.meta.url).pathname; // <working directory>/.analysis/
export const WORK = new URL('../../work', import.meta.url).pathname; // the folder of the item that runs
export const SHARED = new URL('../../shared', import.meta.url).pathname; // what the setup left for all items
export const SCRIPTS = `${HOME}script/`;
export const INPUTS = `${HOME}in/`;
export const LARGE = `${HOME}large/`; // outputs that are uploaded one by one

export function denoCommand() {
  return [Deno.execPath(), 'run', '--quiet', '--no-prompt', '--allow-all', '--no-config'];
}
