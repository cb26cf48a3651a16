// A process of its own: what it prints, what it uses, and its end in time.

const STREAM_KEEP = 8 * 1024 * 1024; // of each end of what a process prints, in bytes
const DRAIN_MS = 1000; // for what a process has printed and is still in its pipes, once it has ended

/** What a process prints and how it ends; one that is late is ended, with all that it has started. */
export async function waitFor(child, seconds) {
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
export function watchUsage(pid) {
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
  return {
    size,
    leftOut: Math.max(0, left),
    content: new Uint8Array(await new Blob([...head, ...gap, ...tail]).arrayBuffer()),
  };
}
