/**
 * Has the console and the process's streams append what is printed to files too, for a while, so that it can be had while
 * the code runs, in Deno and in Node.js. It becomes the beginning of the code's first line, so that comments are whole
 * lines here. What goes wrong here must not cost the code anything.
 */
export function keepOutput(folder, milliseconds, most) {
  const { appendFileSync, mkdirSync, writeFileSync } = globalThis.process.getBuiltinModule('node:fs');
  const { format } = globalThis.process.getBuiltinModule('node:util');
  const { resolve } = globalThis.process.getBuiltinModule('node:path');
  const state = Symbol.for('invoker.keep-output');
  const first = globalThis[state] === undefined;
  globalThis[state] = { until: performance.now() + milliseconds };
  mkdirSync(folder, { recursive: true });
  for (const name of ['stdout', 'stderr']) {
    globalThis[state][name] = { path: resolve(folder, name), left: most };
    writeFileSync(globalThis[state][name].path, '');
  }
  const keep = (name, chunk) => {
    try {
      const { until, [name]: file } = globalThis[state];
      if (file.left > 0 && performance.now() < until) {
        const data = Buffer.from(chunk);
        appendFileSync(file.path, data.subarray(0, file.left));
        file.left -= data.length;
      }
    } catch {}
  };
  const tap = (object, method, name, textOf) => {
    const plain = object[method];
    object[method] = function (...values) {
      keep(name, textOf(values));
      return plain.apply(this, values);
    };
  };
  // In a session of Deno, whose variables stay, the taps of an earlier execution do.
  if (first) {
    for (const name of ['stdout', 'stderr']) {
      tap(globalThis.process[name], 'write', name, ([chunk]) => chunk);
    }
    // In Node.js, the console writes to the streams.
    const console = typeof Deno === 'undefined' ? {} : globalThis.console;
    const shown = (value) => (typeof value === 'string' ? value : Deno.inspect(value, { colors: false }));
    const lineOf = (values) => (/%/.test(values[0]) ? format(...values) : values.map(shown).join(' '));
    for (const method of Object.keys(console).filter((key) =>
      /^(log|info|debug|dir|table|warn|error|trace)$/.test(key),
    )) {
      tap(
        console,
        method,
        /^(warn|error|trace)$/.test(method) ? 'stderr' : 'stdout',
        (values) => `${lineOf(values)}\n`,
      );
    }
  }
}
