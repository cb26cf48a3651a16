// biome-ignore-all lint/style/noExcessiveLinesPerFile: it is sent into the session as one file, which needs no others.
// Runs the items of a batch inside a code interpreter session, for JavaScript and TypeScript: a Deno process for each
// item, with a folder and a time limit of its own. The same protocol as driver.py, which says more of it.

const HOME = new URL('.', import.meta.url).pathname; // <working directory>/.analysis/
const SHARED = new URL('../shared', import.meta.url).pathname; // what the set-up has left for all items
const STREAM_KEEP = 8 * 1024 * 1024; // of each end of what an item prints, in bytes
const MOST_FILES = 1000;
const DRAIN_MS = 1000; // for what a process has printed and is still in its pipes, once it has ended

/** Works through the items of a spec and prints one line of JSON, behind the spec's marker. */
export async function run(spec) {
  const sources = await takeInputs(spec);
  const archive = [];
  const done = [];
  let offset = 0;
  const began = performance.now();
  for (const item of spec.items) {
    const left = spec.budgetSeconds - (performance.now() - began) / 1000;
    if (done.length > 0 && left < spec.timeoutSeconds) {
      break; // the caller comes again for the rest
    }
    const { record, contents } = await work(spec, item, sources.get(item.id));
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

/** Once in a session, before its first item: fetches objects, runs a script. Prints what failed. */
export async function setUp(spec) {
  let error;
  const ends = AbortSignal.timeout(spec.timeoutSeconds * 1000);
  const began = performance.now();
  try {
    // An earlier set-up, whose caller crashed, has left a protected folder.
    await Deno.mkdir(`${HOME}shared`, { recursive: true });
    await remove(SHARED);
    await Deno.rename(`${HOME}shared`, SHARED);
    await fetchFiles(SHARED, spec.objects, ends);
    const left = spec.timeoutSeconds - (performance.now() - began) / 1000;
    if (spec.script) {
      await runSetUpScript(spec.script, Math.max(0, left));
    }
    for (const { path } of await filesBelow(SHARED)) {
      const file = `${SHARED}/${path}`;
      // Against accidents only: items share the folder, and none should find what another has written over it.
      await Deno.chmod(file, ((await Deno.stat(file)).mode ?? 0o644) & 0o555);
    }
  } catch (reason) {
    error = { message: reason.message.slice(0, 500), detail: reason.detail ?? '' };
  }
  console.log(spec.marker + JSON.stringify({ error }));
}

async function runSetUpScript(script, seconds) {
  const [program, ...args] =
    { '.sh': ['/bin/sh'], '.py': ['python3'] }[script.slice(script.lastIndexOf('.'))] ?? denoCommand();
  const options = { args: [...args, script], cwd: SHARED, env: { NO_COLOR: '1' }, stdin: 'null' };
  const child = new Deno.Command(program, { ...options, stdout: 'piped', stderr: 'piped' }).spawn();
  const { status, stdout, stderr, timedOut } = await ended(child, seconds);
  if (status.success) {
    return;
  }
  const detail = new TextDecoder().decode(new Uint8Array([...stdout.content, ...stderr.content])).slice(-20000);
  const last = detail.trim().split('\n').at(-1) || 'it printed nothing';
  const message = timedOut
    ? `${script} took longer than the set-up may and was ended`
    : `${script} ended with exit code ${status.code}: ${last}`;
  throw Object.assign(new Error(message), { detail });
}

function denoCommand() {
  return [Deno.execPath(), 'run', '--quiet', '--no-prompt', '--allow-all', '--no-config'];
}

/** Downloads files by their URLs, some at a time, until the signal ends it. */
async function fetchFiles(folder, files, ends) {
  const queue = files[Symbol.iterator]();
  const work = async () => {
    for (const { path, url } of queue) {
      await download(`${folder}/${path}`, url, ends);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

/** The network of a session is known to stumble. */
async function download(path, url, ends, attempts = 3) {
  const name = path.split('/').at(-1);
  await Deno.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    let reason;
    try {
      const answer = await fetch(url, { signal: ends });
      if (answer.ok) {
        await Deno.writeFile(path, answer.body);
        const { size } = await Deno.stat(path);
        const whole = Number(answer.headers.get('content-length') ?? size);
        if (size === whole) {
          return;
        }
        reason = `the answer ended after ${size} of ${whole} bytes`;
      } else {
        await answer.body?.cancel();
        reason = `HTTP status ${answer.status}`;
        if (answer.status < 500) {
          attempt = attempts;
        }
      }
    } catch (error) {
      // Some versions of Deno tell the URL, which is a permission.
      reason = error.message.replaceAll(url, 'its URL');
    }
    if (ends?.aborted) {
      throw new Error(`${name} could not be fetched in the time that there was`);
    }
    if (attempt >= attempts) {
      throw new Error(`${name} could not be fetched: ${reason}`);
    }
    await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
  }
}

/** Sends the large outputs of the last item to presigned URLs, then removes them. */
export async function upload(urls) {
  for (const [path, url] of Object.entries(urls)) {
    const source = `${HOME}large/${path}`;
    const { size } = await Deno.stat(source);
    const file = await Deno.open(source);
    const headers = { 'content-length': String(size), 'content-type': 'application/octet-stream' };
    const answer = await fetch(url, { method: 'PUT', body: file.readable, headers });
    if (!answer.ok) {
      throw new Error(`uploading ${path}: ${answer.status} ${await answer.text()}`);
    }
  }
  await remove(`${HOME}large`);
}

async function takeInputs(spec) {
  const sources = new Map();
  for (const item of spec.items) {
    if (item.inputFile === undefined) {
      continue;
    }
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
    await download(path, item.url);
  }
  await fetchFiles(folder, item.files ?? []);
  const facts = { id: item.id, input: item.input, parameters: item.parameters, output: 'output' };
  if (await isFolder(SHARED)) {
    facts.shared = SHARED;
  }
  await Deno.writeTextFile(`${folder}/item.json`, JSON.stringify(facts, null, 2));
}

async function runProcess(spec, item, folder) {
  const startedAt = Date.now() / 1000;
  const began = performance.now();
  const [program, ...args] = denoCommand();
  const child = new Deno.Command(program, {
    args: [...args, `${HOME}${spec.script}`],
    cwd: folder,
    env: { NO_COLOR: '1' },
    stdin: 'null',
    stdout: 'piped',
    stderr: 'piped',
  }).spawn();
  const usage = watchUsage(child.pid);
  const { stdout, stderr, status, timedOut } = await ended(child, spec.timeoutSeconds);
  const record = {
    id: item.id,
    startedAt,
    seconds: Math.round(performance.now() - began) / 1000,
    ...usage.stop(),
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
  if (error) {
    record.error = error;
  }
  return { record, printed: [stdout.content, stderr.content] };
}

/** What a process prints and how it ends; one that is late is ended, with all that it has started. */
async function ended(child, seconds) {
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killTree(child.pid);
  }, seconds * 1000);
  const readers = [child.stdout.getReader(), child.stderr.getReader()];
  const printed = readers.map(keepEnds);
  const status = await child.status;
  clearTimeout(timer);
  // What it has started and left behind may hold its outputs open: there is nothing more to wait for.
  const drained = setTimeout(() => readers.map((reader) => reader.cancel()), DRAIN_MS);
  const [stdout, stderr] = await Promise.all(printed);
  clearTimeout(drained);
  return { stdout, stderr, status, timedOut };
}

/** Deno starts no process groups, so the descendants are looked up: each is stopped first, or it could start another. */
function killTree(pid) {
  const seen = [];
  const stop = (each) => {
    signal(each, 'SIGSTOP');
    seen.push(each);
    for (const child of childrenOf(each)) {
      stop(child);
    }
  };
  stop(pid);
  for (const each of seen) {
    signal(each, 'SIGKILL');
  }
}

function signal(pid, name) {
  try {
    Deno.kill(pid, name);
  } catch {
    // It has ended already.
  }
}

function childrenOf(pid) {
  const children = [];
  for (const { name } of Deno.readDirSync('/proc')) {
    if (/^\d+$/.test(name) && statOf(name)?.parent === pid) {
      children.push(Number(name));
    }
  }
  return children;
}

/** Of `/proc/<pid>/stat`: the parent, and CPU time of the process and of those that it has waited for, in seconds. */
function statOf(pid) {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The name of the program, in brackets, can hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), cpuSeconds: ticks / 100 };
  } catch {
    return undefined;
  }
}

/** Deno does not say what a process has used: it is looked at while it runs, so that the last moments are missing. */
function watchUsage(pid) {
  const used = {};
  const look = () => {
    try {
      const peak = /^VmHWM:\s*(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
      if (peak) {
        used.peakMemoryBytes = Number(peak) * 1024;
      }
      const cpuSeconds = statOf(pid)?.cpuSeconds;
      if (cpuSeconds !== undefined) {
        used.cpuSeconds = cpuSeconds;
      }
    } catch {
      // It has just ended, or this system has no /proc.
    }
  };
  const timer = setInterval(look, 20);
  return {
    stop: () => {
      clearInterval(timer);
      return used;
    },
  };
}

async function isFolder(path) {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

/** Deno prints an uncaught error as `error: Uncaught (in promise) TypeError: ...` with the stack below. */
function told(status, stderr) {
  const detail = stderr.replaceAll(`file://${HOME}`, '').slice(-20000);
  const line = detail.split('\n').find((candidate) => candidate.startsWith('error: '));
  const reason = status.signal ? `ended by signal ${status.signal}` : `exit code ${status.code}`;
  const message = line?.replace(/^error: (Uncaught )?(\(in promise\) )?/, '').slice(0, 500) ?? reason;
  return line ? { name: 'ScriptFailed', message, detail } : { name: 'ScriptFailed', message };
}

/** Reads a stream to its end, or until it is cancelled; of a very long one it keeps both ends. */
async function keepEnds(reader) {
  const head = [];
  const tail = [];
  let headSize = 0;
  let tailSize = 0;
  let size = 0;
  for (;;) {
    const { done, value: chunk } = await reader.read();
    if (done) {
      break;
    }
    size += chunk.length;
    const room = Math.max(0, STREAM_KEEP - headSize);
    if (room > 0) {
      head.push(chunk.subarray(0, room));
    }
    headSize += Math.min(room, chunk.length);
    if (chunk.length > room) {
      tail.push(chunk.subarray(room));
      tailSize += chunk.length - room;
    }
    while (tail.length > 1 && tailSize - tail[0].length >= STREAM_KEEP) {
      tailSize -= tail.shift().length;
    }
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
    if (++count > MOST_FILES) {
      continue;
    }
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
  if (count > MOST_FILES) {
    record.filesLeftOut = count - MOST_FILES;
  }
  return contents;
}

/** The regular files below a folder, sorted; links are not followed. */
async function filesBelow(folder, prefix = '') {
  const entries = await Array.fromAsync(Deno.readDir(`${folder}/${prefix}`));
  const found = [];
  for (const { name, isDirectory, isFile } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isDirectory) {
      found.push(...(await filesBelow(folder, `${prefix}${name}/`)));
    }
    if (isFile) {
      found.push({ path: prefix + name, size: (await Deno.stat(`${folder}/${prefix}${name}`)).size });
    }
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
    if (!(error instanceof Deno.errors.NotFound)) {
      throw error;
    }
  }
}

if (import.meta.main) {
  await runInBackground(Deno.args[0]);
}
