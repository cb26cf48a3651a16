// biome-ignore-all lint/style/noExcessiveLinesPerFile: it is mounted into the sandbox as one file, which needs no others.
/**
 * The first process of a session. It runs inside the sandbox, starts what the emulator asks for (the Python kernel,
 * Deno, Node.js, shell commands), collects what they print, and ends them. Frames on file descriptor 3 (see frames.ts).
 *
 * Plain JavaScript without dependencies: it is bind-mounted into the sandbox as it is.
 */
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { pipeline } = require('node:stream');

const settings = JSON.parse(process.env.AGENTCORE_AGENT);
delete process.env.AGENTCORE_AGENT;

/** What one answer carries of each stream, in bytes; the service's payload limit. */
const OUTPUT_MAX_BYTES = 100_000_000;
/** How long an interrupted kernel has to come back before it is killed, in milliseconds. */
const INTERRUPT_GRACE_MS = 3_000;

const folders = {
  work: path.join(settings.root, 'work'),
  home: path.join(settings.root, 'home'),
  scratch: path.join(settings.root, 'tmp'),
};

// ---- Frames ----

class Channel {
  constructor(socket, onFrame) {
    this.socket = socket;
    this.chunks = [];
    this.bytes = 0;
    socket.on('data', (chunk) => {
      this.chunks.push(chunk);
      this.bytes += chunk.length;
      for (let frame = this.next(); frame !== undefined; frame = this.next()) {
        onFrame(frame.header, frame.tail);
      }
    });
    socket.on('error', () => {});
  }

  next() {
    if (this.bytes < 8) {
      return undefined;
    }
    const lengths = this.gather(8);
    const header = lengths.readUInt32BE(0);
    const total = 8 + header + lengths.readUInt32BE(4);
    if (this.bytes < total) {
      return undefined;
    }
    const whole = this.gather(total);
    const rest = whole.subarray(total);
    this.chunks[0] = rest;
    if (rest.length === 0) {
      this.chunks.shift();
    }
    this.bytes -= total;
    return { header: JSON.parse(whole.toString('utf8', 8, 8 + header)), tail: whole.subarray(8 + header, total) };
  }

  gather(bytes) {
    if (this.chunks[0].length < bytes) {
      this.chunks = [Buffer.concat(this.chunks, this.bytes)];
    }
    return this.chunks[0];
  }

  send(header, ...tail) {
    const json = Buffer.from(JSON.stringify(header));
    const lengths = Buffer.alloc(8);
    lengths.writeUInt32BE(json.length, 0);
    lengths.writeUInt32BE(
      tail.reduce((sum, part) => sum + part.length, 0),
      4,
    );
    this.socket.cork();
    for (const part of [lengths, json, ...tail]) {
      if (part.length > 0) {
        this.socket.write(part);
      }
    }
    this.socket.uncork();
  }
}

// ---- What processes print ----

/**
 * A file without a name that a process appends to and that we empty after each answer. A file and not a pipe: a process that
 * prints never waits for us, what it printed is there when it says that it is done, and the session's disk limit holds.
 */
class Capture {
  constructor() {
    const name = path.join(settings.output, `.output-${process.pid}-${Capture.count++}`);
    this.fd = fs.openSync(name, 'a+', 0o600);
    fs.unlinkSync(name);
  }

  take() {
    const size = fs.fstatSync(this.fd).size;
    const buffer = Buffer.allocUnsafe(Math.min(size, OUTPUT_MAX_BYTES));
    let read = 0;
    while (read < buffer.length) {
      const count = fs.readSync(this.fd, buffer, read, buffer.length - read, read);
      if (count === 0) {
        break;
      }
      read += count;
    }
    if (size > 0) {
      fs.ftruncateSync(this.fd, 0);
    }
    return buffer.subarray(0, read);
  }

  close() {
    fs.closeSync(this.fd);
  }
}
Capture.count = 0;

class Output {
  constructor() {
    this.stdout = new Capture();
    this.stderr = new Capture();
  }

  take() {
    return [this.stdout.take(), this.stderr.take()];
  }

  close() {
    this.stdout.close();
    this.stderr.close();
  }
}

// ---- Processes ----

const groups = new Set();

/** Starts a process as the leader of a group of its own, so that it can be ended with all its children. */
function start(command, args, output, extra = []) {
  const child = spawn(command, args, {
    cwd: folders.work,
    detached: true,
    stdio: ['ignore', output.stdout.fd, output.stderr.fd, ...extra],
  });
  if (child.pid !== undefined) {
    groups.add(child.pid);
  }
  child.once('exit', () => {
    endGroup(child.pid, 'SIGKILL');
    groups.delete(child.pid);
  });
  return child;
}

function endGroup(pid, signal) {
  if (pid === undefined) {
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has no process left.
  }
}

function codeOf(code, signal) {
  return code ?? 128 + (require('node:os').constants.signals[signal] ?? 0);
}

function seconds(since) {
  return Number(process.hrtime.bigint() - since) / 1e9;
}

/**
 * A process that executes one piece of code after another and keeps its state: Python's kernel, Deno's REPL.
 * `protocol` knows how to start it and how to talk to it.
 */
class Interpreter {
  constructor(protocol) {
    this.protocol = protocol;
    this.queue = Promise.resolve();
  }

  boot() {
    if (this.process !== undefined) {
      return;
    }
    this.output ??= new Output();
    const child = this.protocol.start(this.output);
    this.process = child;
    this.ready = new Promise((resolve, reject) => {
      this.conversation = this.protocol.connect(child.stdio[3], {
        ready: resolve,
        failed: (why) => reject(new Error(why)),
      });
      child.once('error', (error) => reject(error));
      child.once('exit', (code, signal) => {
        reject(new Error(`ended at its start with code ${codeOf(code, signal)}: ${this.output.take()[1]}`));
        if (this.process === child) {
          this.process = undefined;
        }
        this.running?.died(codeOf(code, signal), signal);
      });
    });
    this.ready.catch(() => {});
  }

  /** One at a time: a second request waits for the first, as cells in a notebook do. */
  execute(request, code) {
    const result = this.queue.then(() => this.executeNow(request, code));
    this.queue = result.catch(() => {});
    return result;
  }

  async executeNow(request, code) {
    this.boot();
    try {
      await this.ready;
    } catch (error) {
      this.process = undefined;
      return { exitCode: 1, failure: `${this.protocol.name} could not be started: ${error.message}`, executionTime: 0 };
    }
    this.output.take();
    const since = process.hrtime.bigint();
    const child = this.process;
    const answer = await new Promise((resolve) => {
      this.running = {
        died: (exitCode, signal) =>
          resolve({ exitCode: exitCode === 0 ? 0 : exitCode, died: signal ?? `code ${exitCode}` }),
        interrupt: () => this.interrupt(child),
      };
      if (request.canceled) {
        this.running.interrupt();
      }
      if (child.exitCode !== null || child.signalCode !== null) {
        this.running.died(codeOf(child.exitCode, child.signalCode), child.signalCode);
      }
      this.conversation.run(request, code, resolve);
    });
    this.running = undefined;
    return { ...answer, executionTime: seconds(since), output: this.output.take() };
  }

  interrupt(child) {
    endGroup(child.pid, 'SIGINT');
    const timer = setTimeout(() => endGroup(child.pid, 'SIGKILL'), INTERRUPT_GRACE_MS);
    child.once('exit', () => clearTimeout(timer));
    this.queue.then(() => clearTimeout(timer));
  }
}

const python = {
  name: 'Python',
  start: (output) => start(settings.python, ['-u', settings.kernel], output, ['pipe']),
  connect(socket, { ready, failed }) {
    const waiting = new Map();
    const channel = new Channel(socket, (header) => {
      if (header.ready) {
        return ready();
      }
      if (header.failed) {
        return failed(header.failed);
      }
      const resolve = waiting.get(header.id);
      waiting.delete(header.id);
      resolve?.({ exitCode: header.exitCode, images: header.images });
    });
    return {
      run(request, code, resolve) {
        waiting.set(request.id, resolve);
        channel.send({ op: 'run', id: request.id, clear: request.clearContext === true }, code);
      },
    };
  },
};

/** Deno's REPL speaks JSON with a little-endian length before it on file descriptor 3 when it is started with `--json`. */
const deno = {
  name: 'Deno',
  start: (output) =>
    start(settings.deno, ['repl', '--json', '--quiet', '--no-lock', '--node-modules-dir=none', '--allow-all'], output, [
      'pipe',
    ]),
  connect(socket, { ready }) {
    const waiting = [];
    let pending = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32LE(0)) {
        const end = 4 + pending.readUInt32LE(0);
        waiting.shift()?.(JSON.parse(pending.toString('utf8', 4, end)));
        pending = pending.subarray(end);
      }
    });
    const ask = (code, output) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        const json = Buffer.from(JSON.stringify({ type: 'Run', code, output }));
        const length = Buffer.alloc(4);
        length.writeUInt32LE(json.length, 0);
        socket.write(Buffer.concat([length, json]));
      });
    ask('1', true).then(ready);
    return {
      async run(_request, code, resolve) {
        const answer = await ask(code.toString('utf8'), true);
        if (answer.type === 'RunSuccess') {
          return resolve({ exitCode: 0 });
        }
        if (answer.type === 'Error') {
          return resolve({ exitCode: 1, message: answer.error });
        }
        // The REPL keeps what was thrown last in _error; its own text is only the word "Uncaught".
        await ask(
          'console.error("Uncaught " + (typeof _error === "string" ? _error : Deno.inspect(_error, { colors: false })))',
          false,
        );
        resolve({ exitCode: 1 });
      },
    };
  },
};

const interpreters = { python: new Interpreter(python), deno: new Interpreter(deno) };

/** Runs a process to its end. */
function runOnce(request, command, args) {
  const output = new Output();
  const since = process.hrtime.bigint();
  return new Promise((resolve) => {
    const child = start(command, args, output);
    const finish = (answer) => {
      endGroup(child.pid, 'SIGKILL');
      const taken = output.take();
      output.close();
      resolve({ ...answer, executionTime: seconds(since), output: taken });
    };
    request.kill = () => {
      endGroup(child.pid, 'SIGTERM');
      setTimeout(() => endGroup(child.pid, 'SIGKILL'), INTERRUPT_GRACE_MS).unref();
    };
    child.once('error', (error) => finish({ exitCode: 127, message: error.message }));
    child.once('exit', (code, signal) => finish({ exitCode: codeOf(code, signal), signal }));
    if (request.canceled) {
      request.kill();
    }
  });
}

/** Node.js has no state across calls here: each execution is a process. CommonJS for JavaScript, an ES module for TypeScript. */
async function runNode(request, code) {
  const file = path.join(folders.work, `.agentcore-${request.id}.${request.language === 'typescript' ? 'mts' : 'cjs'}`);
  fs.writeFileSync(file, code);
  try {
    return await runOnce(request, settings.node, ['--no-warnings', ...typeStripping(), file]);
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/** Before 22.18 and 23.6 Node.js strips types only with an option. */
function typeStripping() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return (major === 22 && minor < 18) || (major === 23 && minor < 6) ? ['--experimental-strip-types'] : [];
}

// ---- Requests ----

const requests = new Map();
const host = new Channel(new net.Socket({ fd: 3, readable: true, writable: true }), (header, tail) => {
  if (header.op === 'cancel') {
    return cancel(header.target);
  }
  answer(header, tail).catch((error) => host.send({ id: header.id, failure: String(error?.stack ?? error) }));
});
// The emulator is gone: so are we, and in a namespace of its own everything with us.
host.socket.on('close', () => end());
host.socket.on('end', () => end());

function end() {
  for (const pid of groups) {
    endGroup(pid, 'SIGKILL');
  }
  process.exit(0);
}

function cancel(target) {
  const request = requests.get(target);
  if (request === undefined) {
    return;
  }
  request.canceled = true;
  if (request.kill) {
    return request.kill();
  }
  interpreters[request.interpreter]?.running?.interrupt();
}

async function answer(request, tail) {
  requests.set(request.id, request);
  try {
    const { output = [], ...result } = await perform(request, tail);
    host.send({ id: request.id, ...result, lengths: output.map((part) => part.length) }, ...output);
  } finally {
    requests.delete(request.id);
  }
}

function perform(request, tail) {
  if (request.op === 'command') {
    return runOnce(request, '/bin/sh', ['-c', tail.toString('utf8')]);
  }
  if (request.op !== 'code') {
    throw new Error(`unknown request ${request.op}`);
  }
  if (request.interpreter === 'nodejs') {
    return runNode(request, tail);
  }
  return interpreters[request.interpreter].execute(request, tail);
}

// ---- The way to S3 and, in PUBLIC sessions, to the internet ----

/** Listens inside the session's network and hands each connection to the emulator's socket outside. */
function forward({ host: address, port, socket }) {
  return new Promise((resolve, reject) => {
    // Half open, as in relay.ts: what one side has sent before it closed reaches the other to the end.
    const server = net.createServer({ allowHalfOpen: true }, (inside) => {
      const outside = net.connect({ path: socket, allowHalfOpen: true });
      const ended = (error) => {
        if (error) {
          for (const connection of [inside, outside]) {
            connection.destroy();
          }
        }
      };
      pipeline(inside, outside, ended);
      pipeline(outside, inside, ended);
    });
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
}

// ---- Memory of the session as a whole ----

/**
 * The limit of each process is the kernel's (RLIMIT_DATA); that of all together is ours, because control groups are not to be
 * had everywhere: over it the largest process is killed, as the kernel does when memory runs out.
 */
function watchMemory(limit) {
  setInterval(() => {
    const sizes = fs
      .readdirSync('/proc')
      .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
      .map((name) => ({ pid: Number(name), bytes: residentBytes(name) }));
    const total = () => sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total() <= limit) {
      return;
    }
    // Pages that forked processes share count once.
    for (const size of sizes) {
      size.bytes = proportionalBytes(size.pid);
    }
    if (total() <= limit) {
      return;
    }
    const [largest] = sizes.sort((a, b) => b.bytes - a.bytes);
    process.kill(largest.pid, 'SIGKILL');
  }, 500).unref();
}

function residentBytes(pid) {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function proportionalBytes(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

async function main() {
  for (const folder of Object.values(folders)) {
    fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  }
  process.umask(0o022);
  if (settings.fontCache) {
    const target = process.env.MPLCONFIGDIR;
    fs.mkdirSync(target, { recursive: true });
    fs.cpSync(settings.fontCache, target, { recursive: true });
  }
  for (const route of settings.forwards) {
    await forward(route);
  }
  if (settings.memoryBytes > 0) {
    watchMemory(settings.memoryBytes);
  }
  if (settings.python) {
    interpreters.python.boot();
  }
  host.send({ ready: true, pid: process.pid });
}

main().catch((error) => {
  host.send({ failed: String(error?.stack ?? error) });
});
