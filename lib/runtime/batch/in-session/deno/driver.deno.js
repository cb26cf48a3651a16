// Runs the items of a batch inside a code interpreter session, for JavaScript and TypeScript: a Deno process for each
// item, with a folder and a time limit of its own. The same protocol as the Python driver, which says more of it.

import { remove } from './folders.deno.js';
import { runItem } from './item.deno.js';
import { HOME, INPUTS } from './places.deno.js';

export { setUp } from './shared-folder.deno.js';
export { upload } from './transfer.deno.js';

/** Works through the items of a spec and prints one line of JSON, behind the spec's marker. */
export async function run(spec) {
  const sources = await takeInputs(spec.items);
  const archive = [new TextEncoder().encode('\n')]; // never empty: readFiles may answer an empty file with nothing
  const done = [];
  let offset = 1;
  const began = performance.now();
  for (const item of spec.items) {
    const left = spec.budgetSeconds - (performance.now() - began) / 1000;
    if (done.length > 0 && left < spec.timeoutSeconds) {
      break; // the caller comes again for the rest
    }
    const { record, contents } = await runItem(spec, item, sources.get(item.id));
    for (const [index, content] of contents.entries()) {
      Object.assign(record.parts[index], { offset, sha256: await sha256(content) });
      archive.push(content);
      offset += content.length;
    }
    done.push(record);
    if (record.large) {
      break; // large outputs stay on disk until they are fetched, and no other item may see them
    }
    if (offset > spec.archiveBytes) {
      break; // what comes back must fit into one answer of the service
    }
  }
  await Deno.writeFile(`${HOME}out.bin`, new Uint8Array(await new Blob(archive).arrayBuffer()));
  const answer = JSON.stringify({ items: done });
  console.log(spec.marker + answer);
  return answer;
}

/** As a command of its own: what is to be done comes from a file, and the answer goes into one. */
async function runInBackground(specPath) {
  await remove(`${HOME}answer.json`);
  const answer = await run(JSON.parse(await Deno.readTextFile(specPath)));
  // All of it or nothing: whoever reads it never sees half an answer.
  await Deno.writeTextFile(`${HOME}answer.json.part`, answer);
  await Deno.rename(`${HOME}answer.json.part`, `${HOME}answer.json`);
}

/** Reads the items' inputs into memory and removes them from the disk: no item sees another's. */
async function takeInputs(items) {
  const sources = new Map();
  for (const item of items) {
    if (item.inputFile === undefined) {
      continue;
    }
    const path = `${INPUTS}${item.inputFile}`;
    sources.set(item.id, await Deno.readFile(path));
    await Deno.remove(path);
  }
  return sources;
}

async function sha256(content) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', content)).toHex();
}

if (import.meta.main) {
  await runInBackground(Deno.args[0]);
}
