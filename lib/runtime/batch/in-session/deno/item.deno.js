// One item: its folder, its process, and the record of what came of it.
import { isFolder, remove } from './folders.deno.js';
import { takeFiles, warn, warnOfFilesOutside } from './outputs.deno.js';
import { denoCommand, HOME, LARGE, SCRIPTS, SHARED, WORK } from './places.deno.js';
import { waitFor, watchUsage } from './process.deno.js';
import { download, fetchFiles } from './transfer.deno.js';

/** The item's record, and the contents of its parts. */
export async function runItem(spec, item, source) {
  const folder = `${WORK}/${item.id}`;
  try {
    await remove(WORK);
    await remove(LARGE);
    await Deno.mkdir(`${folder}/output`, { recursive: true });
    try {
      await layOut(folder, item, source);
    } catch (error) {
      return failed(item, 'InputUnreadable', `the input could not be fetched: ${error.message}`);
    }
    return await runIn(folder, spec, item);
  } catch (error) {
    // Whatever an item did to make this fail, the others go on.
    return failed(item, 'OutputUnreadable', `what the item left could not be taken in: ${error.message}`);
  } finally {
    await remove(WORK).catch(() => {}); // the next item reports it
  }
}

function failed(item, name, message) {
  return { record: { id: item.id, seconds: 0, error: { name, message }, parts: [], warnings: [] }, contents: [] };
}

async function layOut(folder, item, source) {
  const path = `${folder}/${item.input}`;
  if (source) {
    await Deno.writeFile(path, source);
  } else {
    await download(path, item.url);
  }
  await fetchFiles(folder, item.files ?? []);
  await Deno.writeTextFile(`${folder}/item.json`, await describeItem(item));
}

/** The text of item.json. The parameters are taken over as they came: every digit of a number stays. */
async function describeItem({ id, input, parameters }) {
  const members = [
    `"id": ${JSON.stringify(id)}`,
    `"input": ${JSON.stringify(input)}`,
    `"parameters": ${parameters}`,
    '"output": "output"',
  ];
  if (await isFolder(SHARED)) {
    members.push(`"shared": ${JSON.stringify(SHARED)}`);
  }
  return `{\n  ${members.join(',\n  ')}\n}`;
}

async function runIn(folder, spec, item) {
  const own = new Set(await Array.fromAsync(Deno.readDir(folder), ({ name }) => name));
  const { record, printed } = await runProcess(spec, item, folder);
  await warnOfFilesOutside(record, folder, own);
  const limits = { maxPathBytes: item.maxPathBytes, largeBytes: spec.largeBytes, archiveBytes: spec.archiveBytes };
  return { record, contents: [...printed, ...(await takeFiles(record, `${folder}/output`, limits))] };
}

async function runProcess(spec, item, folder) {
  const startedAt = Date.now() / 1000;
  const began = performance.now();
  const [program, ...args] = denoCommand();
  const child = new Deno.Command(program, {
    args: [...args, `${SCRIPTS}${spec.script}`],
    cwd: folder,
    env: { NO_COLOR: '1' },
    stdin: 'null',
    stdout: 'piped',
    stderr: 'piped',
  }).spawn();
  const usage = watchUsage(child.pid);
  const { stdout, stderr, status, timedOut } = await waitFor(child, spec.timeoutSeconds);
  const record = {
    id: item.id,
    startedAt,
    seconds: Math.round(performance.now() - began) / 1000,
    ...usage.stop(),
    exitCode: status.code,
    parts: [],
    warnings: [],
  };
  for (const [kind, { content, size, leftOut }] of Object.entries({ stdout, stderr })) {
    record.parts.push({ kind, bytes: content.length, printed: size });
    if (leftOut > 0) {
      warn(record, 'OutputCut', `${kind}: ${leftOut} of ${size} bytes were left out of the middle`);
    }
  }
  const error = errorOf(status, timedOut, spec.timeoutSeconds, new TextDecoder().decode(stderr.content));
  if (error) {
    record.error = error;
  }
  return { record, printed: [stdout.content, stderr.content] };
}

/** Why the item failed, if it did. Deno prints an uncaught error as `error: Uncaught (in promise) TypeError: ...` with the stack below. */
function errorOf(status, timedOut, seconds, stderr) {
  if (timedOut) {
    return { name: 'TimedOut', message: `exceeded its ${seconds} s timeout and was killed` };
  }
  if (status.success) {
    return undefined;
  }
  const detail = stderr.replaceAll(`file://${SCRIPTS}`, '').replaceAll(`file://${HOME}`, '').slice(-20000);
  const line = detail.split('\n').find((candidate) => candidate.startsWith('error: '));
  const reason = status.signal ? `ended by signal ${status.signal}` : `exit code ${status.code}`;
  const message = line?.replace(/^error: (Uncaught )?(\(in promise\) )?/, '').slice(0, 500) ?? reason;
  return line ? { name: 'ScriptFailed', message, detail } : { name: 'ScriptFailed', message };
}
