// What is done once in a session, before its first item: files for all items are fetched, a script run.
import { remove } from './folders.deno.js';
import { filesBelow } from './outputs.deno.js';
import { denoCommand, HOME, SHARED } from './places.deno.js';
import { waitFor } from './process.deno.js';
import { fetchFiles } from './transfer.deno.js';

/** Prepares the shared folder and prints what failed. */
export async function setUp(spec) {
  let error;
  const ends = AbortSignal.timeout(spec.timeoutSeconds * 1000);
  const began = performance.now();
  try {
    // An earlier setup, whose caller crashed, left a protected folder.
    await Deno.mkdir(`${HOME}shared`, { recursive: true });
    await remove(SHARED);
    await Deno.rename(`${HOME}shared`, SHARED);
    await fetchFiles(SHARED, spec.objects, ends);
    const left = spec.timeoutSeconds - (performance.now() - began) / 1000;
    if (spec.script) {
      await runScript(spec.script, Math.max(0, left));
    }
    for (const { path } of (await filesBelow(SHARED)).files) {
      const file = `${SHARED}/${path}`;
      // Against accidents only: items share the folder, and none should find what another has written over it.
      await Deno.chmod(file, ((await Deno.stat(file)).mode ?? 0o644) & 0o555);
    }
  } catch (reason) {
    error = { message: reason.message.slice(0, 500), detail: reason.detail ?? '' };
  }
  console.log(spec.marker + JSON.stringify({ error }));
}

async function runScript(script, seconds) {
  const [program, ...args] =
    { '.sh': ['/bin/sh'], '.py': ['python3'] }[script.slice(script.lastIndexOf('.'))] ?? denoCommand();
  const options = { args: [...args, script], cwd: SHARED, env: { NO_COLOR: '1' }, stdin: 'null' };
  const child = new Deno.Command(program, { ...options, stdout: 'piped', stderr: 'piped' }).spawn();
  const { status, stdout, stderr, timedOut } = await waitFor(child, seconds);
  if (status.success) {
    return;
  }
  const detail = new TextDecoder().decode(new Uint8Array([...stdout.content, ...stderr.content])).slice(-20000);
  const last = detail.trim().split('\n').at(-1) || 'it printed nothing';
  const message = timedOut
    ? `${script} exceeded the setup timeout and was killed`
    : `${script} ended with exit code ${status.code}: ${last}`;
  throw Object.assign(new Error(message), { detail });
}
