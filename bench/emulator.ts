/**
 * Measures the emulator through the AWS SDK, in a process of its own, on an otherwise idle machine.
 *
 *   npm run bench:emulator
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorProcess } from '../test/local/emulator/process';
import { TestClient, testPython } from '../test/local/emulator/support';

const MEGABYTE = 1_000_000;

async function timed<T>(work: () => Promise<T>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function report(what: string, milliseconds: number[]): void {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.toFixed(2);
  console.log(`${what}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, largest ${at(1)} ms, of ${sorted.length}`);
}

async function latencies(python: string): Promise<void> {
  const server = await EmulatorProcess.start({ python, poolSize: 3 });
  const client = new TestClient(server);
  const session = await client.start();
  await sleep(3_000);
  const executions: number[] = [];
  for (let count = 0; count < 500; count += 1) {
    executions.push(await timed(() => client.python(session, '1+1')));
  }
  report('executeCode of 1+1', executions);
  const starts: number[] = [];
  const firsts: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    let started = '';
    starts.push(
      await timed(async () => {
        started = await client.start();
      }),
    );
    firsts.push(await timed(() => client.python(started, '1+1')));
    await client.stop(started);
    await sleep(800);
  }
  report('start of a session from the pool', starts);
  report('first execution in it', firsts);
  await server.stop();
}

async function manySessions(python: string): Promise<void> {
  const server = await EmulatorProcess.start({ python });
  const client = new TestClient(server);
  const all = Array.from({ length: 50 }, async () => client.python(await client.start(), '1+1'));
  let failed = 0;
  const milliseconds = await timed(async () => {
    failed = (await Promise.all(all)).filter(({ isError }) => isError).length;
  });
  console.log(`50 sessions at once, one execution each: ${failed} failed, ${Math.round(milliseconds)} ms`);
  await server.stop();
}

async function largeFile(): Promise<void> {
  const server = await EmulatorProcess.start({});
  const client = new TestClient(server);
  const session = await client.start();
  await client.command(session, 'true');
  const before = server.peakMemoryBytes;
  const blob = Buffer.alloc(100 * MEGABYTE, 1);
  const written = await timed(() => client.call(session, 'writeFiles', { content: [{ path: 'large', blob }] }));
  const read = await timed(() => client.call(session, 'readFiles', { paths: ['large'] }));
  const grown = Math.round((server.peakMemoryBytes - before) / MEGABYTE);
  console.log(
    `100 MB: written in ${Math.round(written)} ms, read in ${Math.round(read)} ms, at most ${grown} MB more memory`,
  );
  await server.stop();
}

async function main(): Promise<void> {
  const python = await testPython();
  await latencies(python);
  await manySessions(python);
  await largeFile();
  process.exit(0);
}

main();
