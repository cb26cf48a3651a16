// Runs the items of a batch inside a code interpreter session, for JavaScript and TypeScript: a Deno process for each
// item, with a folder and a time limit of its own. The same protocol as driver.py, which says more of it.

const HOME = new URL('.', import.meta.url).pathname; // <working directory>/.analysis/
const STREAM_KEEP = 8 * 1024 * 1024; // of each end of what an item prints, in bytes
const MOST_FILES = 1000;

/** Works through the items of a spec and prints one line of JSON, behind the spec's marker. */
export async function run(spec) {
  const sources = await takeInputs(spec);
  const archive = [];
  const done = [];
  let offset = 0;
  const began = performance.now();
  for (const item of spec.items) {
    const left = spec.budgetSeconds - (performance.now() - began) / 1000;
    if (done.length > 0 && left < spec.timeoutSeconds) break; // the caller comes again for the rest
    const { record, contents } = await work(spec, item, sources.get(item.id));
    for (const [index, content] of contents.entries()) {
      Object.assign(record.parts[index], { offset, sha256: await sha256(content) });
      archive.push(content);
      offset += content.length;
    }
    done.push(record);
    if (record.large) break; // large outputs stay on disk until they are fetched, and no other item may see them
    if (offset > spec.archiveBytes) break; // what comes back must fit into one answer of the service
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

/** Sends the large outputs of the last item to presigned URLs, then removes them. */
export async function upload(urls) {
  for (const [path, url] of Object.entries(urls)) {
    const source = `${HOME}large/${path}`;
    const { size } = await Deno.stat(source);
    const file = await Deno.open(source);
    const headers = { 'content-length': String(size), 'content-type': 'application/octet-stream' };
    const answer = await fetch(url, { method: 'PUT', body: file.readable, headers });
    if (!answer.ok) throw new Error(`uploading ${path}: ${answer.status} ${await answer.text()}`);
  }
  await remove(`${HOME}large`);
}

async function takeInputs(spec) {
  const sources = new Map();
  for (const item of spec.items) {
    if (item.inputFile === undefined) continue;
    const path = `${HOME}in/${item.inputFile}`;
    sources.set(item.id, await Deno.readFile(path));
    await Deno.remove(path);
  }
  return sources;
}

async function work(spec, item, source) {
  const parent = `${HOME}../work`;
  const folder = `${parent}/${item.id}`;
  await remove(parent);
  await remove(`${HOME}large`);
  await Deno.mkdir(`${folder}/output`, { recursive: true });
  try {
    try {
      await layOut(folder, item, source);
    } catch (error) {
      const reason = { name: 'InputUnreadable', message: `the input could not be fetched: ${error.message}` };
      return { record: { id: item.id, seconds: 0, error: reason, parts: [] }, contents: [] };
    }
    const { record, printed } = await runProcess(spec, item, folder);
    return { record, contents: [...printed, ...(await collect(record, `${folder}/output`, spec))] };
  } finally {
    await remove(parent);
  }
}

async function layOut(folder, item, source) {
  const path = `${folder}/${item.input}`;
  if (source) {
    await Deno.writeFile(path, source);
  } else {
    const answer = await fetch(item.url);
    if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    await Deno.writeFile(path, answer.body);
  }
  const facts = { id: item.id, input: item.input, parameters: item.parameters, output: 'output' };
  await Deno.writeTextFile(`${folder}/item.json`, JSON.stringify(facts, null, 2));
}

async function runProcess(spec, item, folder) {
  const startedAt = Date.now() / 1000;
  const began = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ['run', '--quiet', '--no-prompt', '--allow-all', '--no-config', `${HOME}${spec.script}`],
    cwd: folder,
    env: { NO_COLOR: '1' },
    stdin: 'null',
    stdout: 'piped',
    stderr: 'piped',
  }).spawn();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, spec.timeoutSeconds * 1000);
  const [stdout, stderr, status] = await Promise.all([keepEnds(child.stdout), keepEnds(child.stderr), child.status]);
  clearTimeout(timer);
  const record = {
    id: item.id,
    startedAt,
    seconds: Math.round(performance.now() - began) / 1000,
    exitCode: status.code,
    parts: [
      { kind: 'stdout', bytes: stdout.content.length, printed: stdout.size },
      { kind: 'stderr', bytes: stderr.content.length, printed: stderr.size },
    ],
  };
  const error = timedOut
    ? { name: 'TimedOut', message: `ran longer than its timeout of ${spec.timeoutSeconds} seconds and was ended` }
    : status.success
      ? undefined
      : told(status, new TextDecoder().decode(stderr.content));
  if (error) record.error = error;
  return { record, printed: [stdout.content, stderr.content] };
}

/** Deno prints an uncaught error as `error: Uncaught (in promise) TypeError: ...` with the stack below. */
function told(status, stderr) {
  const detail = stderr.replaceAll(`file://${HOME}`, '').slice(-20000);
  const line = detail.split('\n').find((candidate) => candidate.startsWith('error: '));
  const reason = status.signal ? `ended by signal ${status.signal}` : `exit code ${status.code}`;
  const message = line?.replace(/^error: (Uncaught )?(\(in promise\) )?/, '').slice(0, 500) ?? reason;
  return line ? { name: 'ScriptFailed', message, detail } : { name: 'ScriptFailed', message };
}

/** Reads a stream to its end; of a very long one it keeps both ends. */
async function keepEnds(stream) {
  const head = [];
  const tail = [];
  let headSize = 0;
  let tailSize = 0;
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    const room = Math.max(0, STREAM_KEEP - headSize);
    if (room > 0) head.push(chunk.subarray(0, room));
    headSize += Math.min(room, chunk.length);
    if (chunk.length > room) {
      tail.push(chunk.subarray(room));
      tailSize += chunk.length - room;
    }
    while (tail.length > 1 && tailSize - tail[0].length >= STREAM_KEEP) tailSize -= tail.shift().length;
  }
  const left = size - headSize - tailSize;
  const gap = left > 0 ? [new TextEncoder().encode(`\n[... ${left} bytes left out ...]\n`)] : [];
  return { size, content: new Uint8Array(await new Blob([...head, ...gap, ...tail]).arrayBuffer()) };
}

async function collect(record, folder, limits) {
  const contents = [];
  let count = 0;
  let total = 0;
  for (const { path, size } of await filesBelow(folder)) {
    if (++count > MOST_FILES) continue;
    if (size > limits.largeBytes || total + size > limits.archiveBytes) {
      const target = `${HOME}large/${path}`;
      await Deno.mkdir(target.slice(0, target.lastIndexOf('/')), { recursive: true });
      await Deno.rename(`${folder}/${path}`, target);
      record.large = [...(record.large ?? []), { path, bytes: size }];
    } else {
      const content = await Deno.readFile(`${folder}/${path}`);
      record.parts.push({ kind: 'file', path, bytes: content.length });
      contents.push(content);
      total += content.length;
    }
  }
  if (count > MOST_FILES) record.filesLeftOut = count - MOST_FILES;
  return contents;
}

/** The regular files below a folder, sorted; links are not followed. */
async function filesBelow(folder, prefix = '') {
  const entries = await Array.fromAsync(Deno.readDir(`${folder}/${prefix}`));
  const found = [];
  for (const { name, isDirectory, isFile } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isDirectory) found.push(...(await filesBelow(folder, `${prefix}${name}/`)));
    if (isFile) found.push({ path: prefix + name, size: (await Deno.stat(`${folder}/${prefix}${name}`)).size });
  }
  return found;
}

async function sha256(content) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', content)).toHex();
}

async function remove(path) {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) await runInBackground(Deno.args[0]);
